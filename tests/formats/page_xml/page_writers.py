"""Writes texts as the files of OCR programs: ALTO as by Tesseract, ABBYY and older programs, PAGE XML, hOCR.

Lines of the text are lines of the page, and blank lines separate its blocks. Boxes are made up: every character is 10
wide and 20 high.
"""

from html import escape
from typing import NamedTuple

ALTO_NAMESPACES = {
    "1": "",
    "2": "http://www.loc.gov/standards/alto/ns-v2#",
    "3": "http://www.loc.gov/standards/alto/ns-v3#",
    "4": "http://www.loc.gov/standards/alto/ns-v4#",
}
PAGE_NAMESPACE = "http://schema.primaresearch.org/PAGE/gts/pagecontent/{}"
LINE_HEIGHT, CHAR_WIDTH, WORD_HEIGHT = 30, 10, 20
SURE = 0.96


class Printed(NamedTuple):
    """A word with its place: text, left, top, width, height, confidence (None: not written)."""

    text: str
    left: int
    top: int
    width: int
    height: int
    confidence: float | None = None


def always_sure(_word, _number):
    """The confidence of a program that is sure of everything."""
    return SURE


def blocks_of(text, confidence=always_sure):
    """The blocks of a text: lists of lines, which are lists of printed words."""
    blocks, top, number = [], 0, 0
    for paragraph in text.split("\n\n"):
        lines = []
        for line in paragraph.split("\n"):
            left, words = 100, []
            for word in line.split():
                words.append(Printed(word, left, top, CHAR_WIDTH * len(word), WORD_HEIGHT, confidence(word, number)))
                left += CHAR_WIDTH * (len(word) + 1)
                number += 1
            if words:
                lines.append(words)
                top += LINE_HEIGHT
        if lines:
            blocks.append(lines)
    return blocks


def box(words):
    """HPOS, VPOS, WIDTH and HEIGHT of a box around words."""
    left, top = min(word.left for word in words), min(word.top for word in words)
    right, bottom = max(word.left + word.width for word in words), max(word.top + word.height for word in words)
    return left, top, right - left, bottom - top


def alto(text, version="4", *, prefix="", hyp=True, subs=False, confidence=always_sure, decimals=0):
    """An ALTO file.

    Args:
        text: the text.
        version: 1 to 4.
        prefix: of the elements' names, with its colon.
        hyp: whether a hyphen at the end of a line is a HYP element, and not in the word.
        subs: whether hyphenated words have SUBS_TYPE and SUBS_CONTENT.
        confidence: gives the WC of a word by its text and number; None for no WC.
        decimals: of the coordinates.
    """
    p, namespace = prefix, ALTO_NAMESPACES[version]
    declared = f' xmlns{":" + p[:-1] if p else ""}="{namespace}"' if namespace else ""

    def place(words):
        values = zip(("HPOS", "VPOS", "WIDTH", "HEIGHT"), box(words), strict=True)
        return " ".join(f'{name}="{value:.{decimals}f}"' for name, value in values)

    blocks = blocks_of(text, confidence)
    out = [f"<{p}alto{declared}>", f"  <{p}Description><{p}MeasurementUnit>pixel</{p}MeasurementUnit></{p}Description>"]
    out.append(f'  <{p}Layout><{p}Page ID="page_1" PHYSICAL_IMG_NR="1" HEIGHT="4000" WIDTH="3000">')
    out.append(f'    <{p}PrintSpace HPOS="0" VPOS="0" WIDTH="3000" HEIGHT="4000">')
    word_number = line_number = 0
    for block_number, lines in enumerate(blocks):
        every = [word for line in lines for word in line]
        out.append(f'      <{p}TextBlock ID="block_{block_number}" {place(every)}>')
        for at, line in enumerate(lines):
            out.append(f'        <{p}TextLine ID="line_{line_number}" {place(line)}>')
            line_number += 1
            for index, word in enumerate(line):
                written, extra = word.text, ""
                is_broken = (
                    index == len(line) - 1 and len(word.text) > 1 and word.text[-1] in "-¬" and at + 1 < len(lines)
                )
                if is_broken and hyp:
                    written = word.text[:-1]
                if is_broken and subs:
                    extra = f' SUBS_TYPE="HypPart1" SUBS_CONTENT="{escape(word.text[:-1] + lines[at + 1][0].text)}"'
                before = lines[at - 1][-1].text if at else ""
                if index == 0 and subs and len(before) > 1 and before[-1] in "-¬":
                    extra = f' SUBS_TYPE="HypPart2" SUBS_CONTENT="{escape(before[:-1] + word.text)}"'
                sure = "" if word.confidence is None else f' WC="{word.confidence:.2f}"'
                figures = "0" * len(written)
                out.append(
                    f'          <{p}String ID="string_{word_number}" {place([word])}{sure} CC="{figures}"'
                    f' CONTENT="{escape(written)}"{extra}/>'
                )
                word_number += 1
                if is_broken and hyp:
                    out.append(f'          <{p}HYP CONTENT="{word.text[-1]}"/>')
                elif index < len(line) - 1:
                    right = word.left + word.width
                    out.append(f'          <{p}SP WIDTH="10" VPOS="{word.top}" HPOS="{right}"/>')
            out.append(f"        </{p}TextLine>")
        out.append(f"      </{p}TextBlock>")
    out += [f"    </{p}PrintSpace>", f"  </{p}Page></{p}Layout>", f"</{p}alto>", ""]
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + "\n".join(out)


def hocr(text, *, confidence=always_sure, quote="'", strong=False, xhtml=True):
    """An hOCR file as Tesseract writes it: XHTML with a DOCTYPE.

    Args:
        text: the text.
        confidence: gives the x_wconf of a word (times 100).
        quote: of attributes.
        strong: whether every word is in ``<strong><em>``, as in italics.
        xhtml: whether there is an XML declaration and the DOCTYPE of XHTML, else that of HTML 5.
    """
    q = quote
    doctype = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN"\n'
        '    "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">\n'
        '<html xmlns="http://www.w3.org/1999/xhtml" xml:lang="en" lang="en">\n'
        if xhtml
        else "<!DOCTYPE html>\n<html>\n"
    )
    head = (
        ' <head>\n  <title></title>\n  <meta http-equiv="Content-Type" content="text/html;charset=utf-8"/>\n'
        "  <meta name='ocr-system' content='tesseract 5.3.0' />\n"
        "  <meta name='ocr-capabilities' content='ocr_page ocr_carea ocr_par ocr_line ocrx_word'/>\n </head>\n"
    )

    def place(words):
        left, top, width, height = box(words)
        return f"bbox {left} {top} {left + width} {top + height}"

    out = [
        f" <body>\n  <div class={q}ocr_page{q} id={q}page_1{q} title={q}image &quot;a.png&quot;; bbox 0 0 3000 4000{q}>"
    ]
    number = 0
    for block_number, lines in enumerate(blocks_of(text, confidence), 1):
        every = [word for line in lines for word in line]
        out.append(f"   <div class={q}ocr_carea{q} id={q}block_1_{block_number}{q} title={q}{place(every)}{q}>")
        out.append(
            f"    <p class={q}ocr_par{q} id={q}par_1_{block_number}{q} lang={q}eng{q} title={q}{place(every)}{q}>"
        )
        for line in lines:
            out.append(
                f"     <span class={q}ocr_line{q} id={q}line_1_{number}{q} title={q}{place(line)}; baseline 0 -5{q}>"
            )
            for word in line:
                inner = escape(word.text, quote=False)
                inner = f"<strong><em>{inner}</em></strong>" if strong else inner
                sure = "" if word.confidence is None else f"; x_wconf {word.confidence * 100:.0f}"
                title = f"{q}{place([word])}{sure}{q}"
                out.append(f"      <span class={q}ocrx_word{q} id={q}word_1_{number}{q} title={title}>{inner}</span>")
                number += 1
            out.append("     </span>")
        out += ["    </p>", "   </div>"]
    return doctype + head + "\n".join([*out, "  </div>\n </body>\n</html>\n"])


def page(text, version="2019-07-15", *, words=True, confidence=always_sure, prefix="", ordered=True):
    """A PAGE XML file.

    Args:
        text: the text.
        version: date of the schema.
        words: whether lines have Word elements; else only their own text.
        confidence: gives the conf of a word.
        prefix: of the elements' names, with its colon.
        ordered: whether regions are written in reverse, and ReadingOrder says their order.
    """
    p = prefix
    declared = f'xmlns{":" + p[:-1] if p else ""}="{PAGE_NAMESPACE.format(version)}"'

    def coords(printed):
        left, top, width, height = box(printed)
        corners = ((left, top), (left + width, top), (left + width, top + height), (left, top + height))
        return f'<{p}Coords points="{" ".join(f"{x},{y}" for x, y in corners)}"/>'

    def equiv(text, confidence=None):
        sure = "" if confidence is None else f' conf="{confidence:.2f}"'
        return f"<{p}TextEquiv{sure}><{p}Unicode>{escape(text, quote=False)}</{p}Unicode></{p}TextEquiv>"

    regions, number, line_number = [], 0, 0
    for block_number, lines in enumerate(blocks_of(text, confidence)):
        every = [word for line in lines for word in line]
        out = [f'    <{p}TextRegion id="r{block_number}">', f"      {coords(every)}"]
        for line in lines:
            out += [f'      <{p}TextLine id="l{line_number}">', f"        {coords(line)}"]
            line_number += 1
            for word in line if words else ():
                out += [
                    f'        <{p}Word id="w{number}">',
                    f"          {coords([word])}",
                    f"          {equiv(word.text, word.confidence)}",
                    f"        </{p}Word>",
                ]
                number += 1
            out += [f"        {equiv(' '.join(word.text for word in line))}", f"      </{p}TextLine>"]
        whole = "\n".join(" ".join(word.text for word in line) for line in lines)
        out += [f"      {equiv(whole)}", f"    </{p}TextRegion>"]
        regions.append("\n".join(out))
    order = ""
    if ordered and regions:
        refs = "".join(f'<{p}RegionRefIndexed index="{at}" regionRef="r{at}"/>' for at in range(len(regions)))
        order = f'    <{p}ReadingOrder><{p}OrderedGroup id="g">{refs}</{p}OrderedGroup></{p}ReadingOrder>\n'
        regions.reverse()
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<{p}PcGts {declared}>\n  <{p}Metadata><{p}Creator>c</{p}Creator>'
        f"<{p}Created>2026-01-01T00:00:00</{p}Created><{p}LastChange>2026-01-01T00:00:00</{p}LastChange></{p}Metadata>\n"
        f'  <{p}Page imageFilename="a.png" imageWidth="3000" imageHeight="4000">\n'
        + order
        + "\n".join(regions)
        + f"\n  </{p}Page>\n</{p}PcGts>\n"
    )
