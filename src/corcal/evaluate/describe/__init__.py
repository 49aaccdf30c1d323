"""The patients of a study: the cohort as Table 1 and the flow of patients as Figure 1."""
