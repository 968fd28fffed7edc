"""Gives the words that a split adds ids of their own."""

from clean_news.formats.page_xml.xml_bytes import Document


class NewIds:
    """The ids of a document, and those given to new words.

    Attributes:
        used: all of them.
    """

    def __init__(self, document: Document, attribute: str) -> None:
        """Collect the ids.

        Args:
            document: the document.
            attribute: the name of the attribute that holds them.
        """
        elements = (document.root, *document.root.descendants())
        self.used = {value for element in elements if (value := element.attributes.get(attribute))}

    def after(self, id: str) -> str:  # noqa: A002  # the name of the attribute
        """Return an unused id for a word that was split off, derived from that of the word before it."""
        number = 2
        while f"{id}_{number}" in self.used:
            number += 1
        self.used.add(f"{id}_{number}")
        return f"{id}_{number}"
