"""Small files of every form that is read, and beside each the pixels that Pillow or NumPy say it holds, as they are looked at (.npy, uint8, [H, W] or [H, W, 3]).

Debian 12: apt-get install python3-pil python3-tifffile libtiff-tools; run here with /usr/bin/python3. What is written by hand or by tiffcp is read back
with Pillow or tifffile where these can.
"""
import io, struct, subprocess, zlib
import numpy as np
import tifffile
from PIL import Image, ImageOps

H, W = 13, 17
rng = np.random.default_rng(7)
y, x = np.mgrid[0:H, 0:W]
smooth = np.stack([x * 255 // (W - 1), y * 255 // (H - 1), (x + y) * 255 // (H + W - 2)], -1).astype(np.uint8)
rgb = np.clip(smooth.astype(int) + rng.integers(-9, 10, smooth.shape), 0, 255).astype(np.uint8)
alpha = rng.integers(0, 256, (H, W, 1)).astype(np.uint8)
rgba = np.concatenate([rgb, alpha], -1)
grey = rgb[..., 0]
grey16 = rng.integers(0, 65536, (H, W)).astype(np.uint16)
rgb16 = rng.integers(0, 65536, (H, W, 3)).astype(np.uint16)
rgba16 = rng.integers(0, 65536, (H, W, 4)).astype(np.uint16)


def keep(name, data, pixels):
    """pixels: as stored; kept without alpha, 16 bits divided by 257."""
    if pixels.ndim == 3: pixels = pixels[..., 0] if pixels.shape[-1] < 3 else pixels[..., :3]
    if pixels.dtype == np.uint16: pixels = np.round(pixels / 257)
    open(name, "wb").write(data)
    np.save(name + ".npy", np.ascontiguousarray(pixels.astype(np.uint8)))


def saved(image, kind, **options):
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(pixels, colour, depth, interlace=False, extra=b""):
    """Written by hand, filter 0: Pillow writes no 16-bit colour and no interlacing."""
    channels = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[colour]
    p = pixels.reshape(H, W, channels)

    def lines(q):
        out = b""
        for row in q:
            if depth == 16: raw = row.astype(">u2").tobytes()
            elif depth == 8: raw = row.astype(np.uint8).tobytes()
            else:
                bits = "".join(format(int(v), f"0{depth}b") for v in row.ravel())
                bits += "0" * (-len(bits) % 8)
                raw = bytes(int(bits[i:i + 8], 2) for i in range(0, len(bits), 8))
            out += b"\0" + raw
        return out

    if interlace:
        passes = [(0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2), (1, 0, 2, 1)]
        data = b"".join(lines(p[a::c, b::d]) for a, b, c, d in passes)
    else:
        data = lines(p)
    head = struct.pack(">IIBBBBB", W, H, depth, colour, 0, 0, int(interlace))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + extra + chunk(b"IDAT", zlib.compress(data)) + chunk(b"IEND", b"")


keep("grey8.png", png(grey, 0, 8), grey)
keep("grey4.png", png(grey >> 4, 0, 4), (grey >> 4) * 17)
keep("grey1.png", png(grey >> 7, 0, 1), (grey >> 7) * 255)
keep("grey16.png", png(grey16, 0, 16), grey16)
keep("rgb8.png", png(rgb, 2, 8), rgb)
keep("rgb8-interlaced.png", png(rgb, 2, 8, True), rgb)
keep("rgb16.png", png(rgb16, 2, 16), rgb16)
keep("rgba8.png", png(rgba, 6, 8), rgba)
keep("rgba16.png", png(rgba16, 6, 16), rgba16)
keep("rgba16-interlaced.png", png(rgba16, 6, 16, True), rgba16)
grey_alpha = np.concatenate([grey[..., None], alpha], -1)
keep("grey2.png", png(grey >> 6, 0, 2), (grey >> 6) * 85)
keep("grey16-interlaced.png", png(grey16, 0, 16, True), grey16)
keep("grey8-transparent.png", png(grey, 0, 8, extra=chunk(b"tRNS", b"\0\x40")), grey)
keep("rgb16-transparent.png", png(rgb16, 2, 16, extra=chunk(b"tRNS", bytes(6))), rgb16)
grey_alpha16 = rgba16[..., :2]
keep("greyalpha16.png", png(grey_alpha16, 4, 16), grey_alpha16)
keep("greyalpha8.png", png(grey_alpha, 4, 8), grey_alpha)
palette = rng.integers(0, 256, (16, 3)).astype(np.uint8)
keep("palette8.png", png(grey >> 4, 3, 8, extra=chunk(b"PLTE", palette.tobytes())), palette[grey >> 4])
keep("palette4-alpha.png", png(grey >> 4, 3, 4, extra=chunk(b"PLTE", palette.tobytes()) + chunk(b"tRNS", bytes(range(0, 256, 17)))),
     np.concatenate([palette[grey >> 4], ((grey >> 4) * 17)[..., None]], -1))

for name, pixels in [("rgb8.png", rgb), ("rgb8-interlaced.png", rgb), ("rgba8.png", rgba), ("grey8.png", grey), ("greyalpha8.png", grey_alpha), ("palette8.png", palette[grey >> 4])]:
    mode = {2: "L", 3: "RGB", 4: "RGBA"}[pixels.ndim if pixels.ndim == 2 else pixels.shape[-1]] if pixels.shape[-1] != 2 else "LA"
    assert (np.array(Image.open(name).convert(mode)) == pixels).all(), name  # Pillow agrees with what was written by hand


def exif(turn):
    block = Image.Exif()
    block[0x0112] = turn
    return block.tobytes()


for turn in range(1, 9):
    data = png(rgb, 2, 8, extra=chunk(b"eXIf", exif(turn)[6:]))
    keep(f"turned{turn}.png", data, np.array(ImageOps.exif_transpose(Image.open(io.BytesIO(data)))))


def jpeg(name, data):
    """Chroma that is halved is interpolated in other ways by other decoders: those files hold the smooth picture."""
    image = ImageOps.exif_transpose(Image.open(io.BytesIO(data)))
    keep(name, data, np.array(image if image.mode == "L" else image.convert("RGB")))


big = np.stack([255 * np.sin(np.linspace(0, 2, 40))[:, None] * np.cos(np.linspace(0, 1, 51)), 128 + 60 * np.sin(np.linspace(0, 5, 51)) * np.ones((40, 1)),
                np.linspace(20, 200, 40)[:, None] * np.ones(51)], -1).astype(np.uint8)
jpeg("grey.jpg", saved(Image.fromarray(grey), "JPEG", quality=90))
jpeg("rgb444.jpg", saved(Image.fromarray(rgb), "JPEG", quality=90, subsampling=0))
jpeg("rgb422.jpg", saved(Image.fromarray(big), "JPEG", quality=90, subsampling=1))
jpeg("rgb420.jpg", saved(Image.fromarray(big), "JPEG", quality=90, subsampling=2))
jpeg("progressive.jpg", saved(Image.fromarray(rgb), "JPEG", quality=90, progressive=True, subsampling=0))
jpeg("progressive420.jpg", saved(Image.fromarray(big), "JPEG", quality=90, progressive=True, subsampling=2))
data = saved(Image.fromarray(rgb).convert("CMYK"), "JPEG", quality=95)  # written with Adobe's marker, ink inverted
jpeg("cmyk.jpg", data)
cmyk = rng.integers(0, 256, (H // 2, W // 2, 4)).astype(np.uint8).repeat(2, 0).repeat(2, 1)
data = saved(Image.fromarray(cmyk, "CMYK"), "JPEG", quality=95, subsampling=0)
at = data.index(b"Adobe")
jpeg("ycck.jpg", data[:at + 11] + b"\x02" + data[at + 12:])  # the same coefficients declared YCCK
for turn in (3, 6, 8):
    jpeg(f"turned{turn}.jpg", saved(Image.fromarray(rgb), "JPEG", quality=90, subsampling=0, exif=exif(turn)))


def tiff(pixels, photometric, predictor=None, compression=1, order="<", planar=1, rows=H, extra=()):
    """A hand-written TIFF: what Pillow cannot write (16-bit colour, planes, big-endian)."""
    p = pixels.reshape(H, W, -1)
    depth, channels = p.dtype.itemsize * 8, p.shape[-1]
    p = p.astype(p.dtype.newbyteorder(order))
    strips = []
    for plane in (range(channels) if planar == 2 else [slice(None)]):
        for top in range(0, H, rows):
            raw = p[top:top + rows, :, plane]
            if predictor == 2:
                raw = raw.astype(raw.dtype.newbyteorder("=")).copy()
                raw[:, 1:] = raw[:, 1:] - raw[:, :-1]
                raw = raw.astype(p.dtype)
            raw = raw.tobytes()
            strips.append(zlib.compress(raw) if compression == 8 else raw)
    body, starts = b"", []
    for s in strips:
        starts.append(8 + len(body))
        body += s + b"\0" * (len(s) % 2)
    tags = [(256, 3, [W]), (257, 3, [H]), (258, 3, [depth] * channels), (259, 3, [compression]), (262, 3, [photometric]),
            (273, 4, starts), (277, 3, [channels]), (278, 3, [rows]), (279, 4, [len(s) for s in strips]), (284, 3, [planar])]
    if predictor: tags.append((317, 3, [predictor]))
    tags += list(extra)
    tags.sort()
    directory = 8 + len(body)
    after = directory + 2 + 12 * len(tags) + 4
    entries, tail = b"", b""
    for tag, kind, values in tags:
        raw = struct.pack(order + ("H" if kind == 3 else "I") * len(values), *values)
        if len(raw) > 4:
            place = struct.pack(order + "I", after + len(tail))
            tail += raw
        else:
            place = raw.ljust(4, b"\0")
        entries += struct.pack(order + "HHI", tag, kind, len(values)) + place
    magic = (b"II" if order == "<" else b"MM") + struct.pack(order + "HI", 42, directory)
    return magic + body + struct.pack(order + "H", len(tags)) + entries + b"\0" * 4 + tail


keep("grey8.tif", saved(Image.fromarray(grey), "TIFF"), grey)
keep("grey8-lzw.tif", saved(Image.fromarray(grey), "TIFF", compression="tiff_lzw"), grey)
keep("rgb8-lzw.tif", saved(Image.fromarray(rgb), "TIFF", compression="tiff_lzw"), rgb)
keep("rgb8-deflate.tif", saved(Image.fromarray(rgb), "TIFF", compression="tiff_adobe_deflate"), rgb)
keep("rgba8.tif", saved(Image.fromarray(rgba), "TIFF"), rgba)
keep("grey16.tif", saved(Image.fromarray(grey16), "TIFF"), grey16)
keep("grey16-lzw.tif", saved(Image.fromarray(grey16), "TIFF", compression="tiff_lzw"), grey16)
keep("grey16-bigendian.tif", tiff(grey16, 1, order=">", rows=5), grey16)
keep("grey8-white-is-zero.tif", tiff(255 - grey, 0), grey)
keep("rgb16-deflate.tif", tiff(rgb16, 2, compression=8, predictor=2, rows=4), rgb16)
keep("rgb16-planes.tif", tiff(rgb16, 2, planar=2, rows=6), rgb16)
keep("turned6.tif", tiff(rgb, 2, extra=[(274, 3, [6])]), np.rot90(rgb, -1))
keep("palette8.tif", tiff(grey >> 4, 3, extra=[(320, 3, [int(v) * 257 for v in np.pad(palette, ((0, 240), (0, 0))).T.ravel()])]), palette[grey >> 4])
keep("grey1.tif", saved(Image.fromarray((grey >> 7) * 255).convert("1"), "TIFF"), (grey >> 7) * 255)


def tifffiles(name, stored, pixels=None, **options):
    """Written by tifffile."""
    buffer = io.BytesIO()
    tifffile.imwrite(buffer, stored, **options)
    assert (tifffile.imread(io.BytesIO(buffer.getvalue())).squeeze() == stored).all(), name
    keep(name, buffer.getvalue(), stored if pixels is None else pixels)


wide = rng.integers(0, 65536, (37, 45, 4)).astype(np.uint16)  # tiles of 16 that do not fill it
bytes8 = (wide >> 8).astype(np.uint8)
colour = dict(photometric="rgb", metadata=None)
tifffiles("grey8-tiles.tif", bytes8[..., 0], tile=(16, 16), metadata=None)
tifffiles("grey16-tiles-deflate.tif", wide[..., 0], tile=(16, 32), compression="zlib", metadata=None)
tifffiles("rgb8-tiles.tif", bytes8[..., :3], tile=(16, 16), **colour)
tifffiles("rgb16-tiles-bigendian.tif", wide[..., :3], tile=(16, 16), byteorder=">", **colour)
tifffiles("rgb16-planes-tiles.tif", np.moveaxis(wide[..., :3], -1, 0), wide[..., :3], tile=(16, 16), planarconfig="separate", **colour)
tifffiles("rgba8-planes.tif", np.moveaxis(bytes8, -1, 0), bytes8, planarconfig="separate", extrasamples=["unassalpha"], **colour)
tifffiles("rgba16.tif", wide, extrasamples=["unassalpha"], **colour)
tifffiles("rgba16-tiles-deflate.tif", wide, tile=(16, 16), compression="zlib", extrasamples=["assocalpha"], **colour)
tifffiles("greyalpha8.tif", bytes8[..., :2], photometric="minisblack", planarconfig="contig", extrasamples=["unassalpha"], metadata=None)
tifffiles("greyalpha16.tif", wide[..., :2], photometric="minisblack", planarconfig="contig", extrasamples=["unassalpha"], metadata=None)
tifffiles("rgb8-bigtiff.tif", bytes8[..., :3], bigtiff=True, rowsperstrip=9, **colour)
tifffiles("grey16-white-is-zero.tif", 65535 - wide[..., 0], wide[..., 0], photometric="miniswhite", metadata=None)
tifffiles("first-of-two.tif", np.stack([bytes8[..., :3], bytes8[..., 1:]]), bytes8[..., :3], **colour)


def copied(source, name, pixels, *options):
    """Packed anew by libtiff's own tiffcp, read back with Pillow or tifffile."""
    subprocess.run(["tiffcp", *options, source, name], check=True)
    try:
        assert np.array_equal(tifffile.imread(name), pixels), name
    except (ValueError, KeyError):  # tifffile without imagecodecs: no LZW
        if pixels.dtype == np.uint8: assert (np.array(Image.open(name)) == pixels).all(), name
    keep(name, open(name, "rb").read(), pixels)


copied("rgb8-tiles.tif", "rgb8-lzw-predictor.tif", bytes8[..., :3], "-s", "-r", "8", "-c", "lzw:2")
copied("rgb8-tiles.tif", "rgb8-tiles-lzw.tif", bytes8[..., :3], "-t", "-w", "32", "-l", "16", "-c", "lzw")
copied("rgba16.tif", "rgba16-tiles-lzw-predictor.tif", wide, "-t", "-w", "16", "-l", "16", "-c", "lzw:2")
copied("grey16-tiles-deflate.tif", "grey16-deflate-predictor.tif", wide[..., 0], "-s", "-r", "5", "-c", "zip:2")
copied("rgba8.tif", "rgba8-packbits.tif", rgba, "-c", "packbits")
copied("grey8-tiles.tif", "grey8-tiles-bigendian-lzw.tif", bytes8[..., 0], "-B", "-t", "-w", "16", "-l", "16", "-c", "lzw:2")
bilevel = saved(Image.fromarray((grey >> 7) * 255).convert("1"), "TIFF", compression="group4")
keep("grey1-fax4.tif", bilevel, (grey >> 7) * 255)
data = saved(Image.fromarray(rgb), "TIFF", compression="jpeg", quality=90)
keep("rgb8-jpeg.tif", data, np.array(Image.open(io.BytesIO(data)).convert("RGB")))
