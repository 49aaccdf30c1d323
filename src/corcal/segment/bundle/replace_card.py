"""Another model card in a bundle that is there; the model itself stays as it is."""

from __future__ import annotations

from dataclasses import replace

from corcal.segment.bundle.bundle import Bundle
from corcal.segment.bundle.manifest import CARD, write_manifest
from corcal.storage import replace_folder, replace_zip


def replace_card(bundle: Bundle, card: str, origin: dict[str, str]) -> Bundle:
    """Write a bundle again with another card, whole or not at all, and return it.

    Its SHA-256 changes, because that is the hash of all its files; the hashes of its weights and
    networks do not.

    Args:
        bundle: a folder or a zip; it is replaced.
        card: Markdown.
        origin: what it says of where it comes from.

    Raises:
        ModelRefused: a file is absent, damaged or changed; the bundle stays as it is.
        OutputRefused: the bundle cannot be written.
    """
    facts = replace(bundle.facts, origin=origin)
    if card == bundle.card() and facts == bundle.facts:
        return bundle
    staged = replace_folder if bundle.path.is_dir() else replace_zip
    with staged(bundle.path, force=True) as stage:
        for name in bundle.files:
            bundle.copy(name, stage / name)
        (stage / CARD).write_text(card, encoding="utf-8", newline="\n")
        write_manifest(stage, facts)
    return Bundle.open(bundle.path)
