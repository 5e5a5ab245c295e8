"""Help texts by command path; one table per language, read only when it is shown."""

from hantu.cli.texts.entry import Texts


def texts_of(lang: str) -> Texts:
    """Return the table of a language (``ko`` or ``en``)."""
    if lang == "en":
        from hantu.cli.texts.en import TEXTS as ENGLISH

        return ENGLISH
    from hantu.cli.texts.ko import TEXTS as KOREAN

    return KOREAN
