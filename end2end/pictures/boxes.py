"""Makes boxes.woff2, in which every character is the same box: `python3 boxes.py boxes.woff2`, with fonttools and brotli.

What a page looks like with it depends on no machine's fonts. It is made once, and kept beside the pictures.
"""
import sys
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib.tables._c_m_a_p import CmapSubtable

def box(wide):
    pen = TTGlyphPen(None)
    pen.moveTo((60, 0)); pen.lineTo((60, 600)); pen.lineTo((wide - 60, 600)); pen.lineTo((wide - 60, 0)); pen.closePath()
    return pen.glyph()

font = FontBuilder(1000, isTTF=True)
font.setupGlyphOrder(['.notdef', 'space', 'box'])
font.setupCharacterMap({32: 'space', 160: 'space'})
empty = TTGlyphPen(None).glyph()
font.setupGlyf({'.notdef': box(500), 'space': empty, 'box': box(500)})
font.setupHorizontalMetrics({'.notdef': (500, 60), 'space': (500, 0), 'box': (500, 60)})
font.setupHorizontalHeader(ascent=800, descent=-200)
font.setupNameTable({'familyName': 'Boxes', 'styleName': 'Regular'})
font.setupOS2(sTypoAscender=800, sTypoDescender=-200, usWinAscent=800, usWinDescent=200)
font.setupPost()
cmap = font.font['cmap']
many = CmapSubtable.newSubtable(13)
many.platformID, many.platEncID, many.format, many.reserved, many.length, many.language, many.nGroups = 3, 10, 13, 0, 0, 0, 0
many.cmap = {c: ('space' if c in (32, 160, 0x2009, 0x202f) else 'box') for c in range(32, 0x20000)}
cmap.tables = [many]
font.font.flavor = 'woff2'
font.save(sys.argv[1])
