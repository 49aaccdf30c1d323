"""The paper's proof on anybody's data: tables in, the published tables and figures out."""
