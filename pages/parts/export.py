"""Tables that leave the system: CSV and xlsx in which no cell can become a formula."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import date
from xml.sax.saxutils import escape

from core.charts import Cell, Chart, Column

DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n")
"""A text that begins so is run as a formula by spreadsheets that open a CSV."""
_NUMBER, _PERCENT = 0, 1
_CONTENT = (
    '<?xml version="1.0" encoding="UTF-8"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/xl/workbook.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
    '<Override PartName="/xl/worksheets/sheet1.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>'
    '<Override PartName="/xl/styles.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/></Types>'
)
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_ROOT = (
    f'<?xml version="1.0" encoding="UTF-8"?><Relationships xmlns="{_PACKAGE}">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
)
_RELATIONS = (
    f'<?xml version="1.0" encoding="UTF-8"?><Relationships xmlns="{_PACKAGE}">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="rId2" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>'
)
_STYLES = (
    f'<?xml version="1.0" encoding="UTF-8"?><styleSheet xmlns="{_MAIN}">'
    '<numFmts count="1"><numFmt numFmtId="164" formatCode="0.0%"/></numFmts>'
    '<fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="1"><fill><patternFill patternType="none"/></fill></fills>'
    '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
    '<cellXfs count="2"><xf/><xf numFmtId="164" applyNumberFormat="1"/></cellXfs></styleSheet>'
)


def _head(column: Column) -> str:
    return f"{column.title}（{column.unit}）" if column.unit and column.unit != "%" else column.title


def safe_text(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(DANGEROUS) else text


def to_csv(chart: Chart) -> bytes:
    """UTF-8 with a byte order mark, so that spreadsheets read Chinese."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([safe_text(_head(column)) for column in chart.columns])
    for row in chart.rows:
        writer.writerow([_plain(cell) for cell in row])
    return out.getvalue().encode("utf-8-sig")


def _plain(cell: Cell) -> object:
    if isinstance(cell, str):
        return safe_text(cell)
    if isinstance(cell, date):
        return cell.isoformat()
    return "" if cell is None else round(cell, 4)


def to_xlsx(chart: Chart) -> bytes:
    """One sheet; every text is an inline string, which a spreadsheet never evaluates."""
    heads = "".join(_text(_head(column)) for column in chart.columns)
    rows = "".join(f"<row>{''.join(map(_cell, chart.columns, row))}</row>" for row in chart.rows)
    sheet = f"<sheetData><row>{heads}</row>{rows}</sheetData>"
    parts = {
        "[Content_Types].xml": _CONTENT,
        "_rels/.rels": _ROOT,
        "xl/workbook.xml": f'<?xml version="1.0" encoding="UTF-8"?><workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}">'
        '<sheets><sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": _RELATIONS,
        "xl/styles.xml": _STYLES,
        "xl/worksheets/sheet1.xml": f'<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="{_MAIN}">{sheet}'
        "</worksheet>",
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, text in parts.items():
            package.writestr(name, text)
    return out.getvalue()


def _text(text: str) -> str:
    printable = "".join(c for c in text if c in "\t\n" or ord(c) >= 32)
    return f'<c t="inlineStr"><is><t xml:space="preserve">{escape(printable)}</t></is></c>'


def _cell(column: Column, cell: Cell) -> str:
    if cell is None:
        return "<c/>"
    if isinstance(cell, str | date):
        return _text(cell if isinstance(cell, str) else cell.isoformat())
    style = _PERCENT if column.unit == "%" else _NUMBER
    return f'<c s="{style}"><v>{round(cell, 6)!r}</v></c>'


KINDS = {
    "csv": (to_csv, "text/csv; charset=utf-8"),
    "xlsx": (to_xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}
