#include "odmimage.h"
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tiffio.h>

typedef struct { const uint8_t *file; toff_t size, at; } reader;

static __thread char *message; /* libtiff's handlers are global, its callers are not */
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void on_error(const char *module, const char *format, va_list arguments)
{
    (void)module;
    if (message && !message[0]) vsnprintf(message, 256, format, arguments); /* the first error is the cause */
}

/* A tag beyond the end of the file is a warning to libtiff (a palette image turns grey); here it is damage. */
static void on_warning(const char *module, const char *format, va_list arguments)
{
    if (strstr(format, "IO error")) on_error(module, format, arguments);
}

static void install(void) { TIFFSetErrorHandler(on_error); TIFFSetWarningHandler(on_warning); }

static tmsize_t on_read(thandle_t h, void *to, tmsize_t n)
{
    reader *r = h;
    toff_t left = r->at < r->size ? r->size - r->at : 0;
    if ((toff_t)n > left) n = (tmsize_t)left;
    memcpy(to, r->file + r->at, n);
    r->at += n;
    return n;
}

static toff_t on_seek(thandle_t h, toff_t offset, int whence)
{
    reader *r = h;
    return r->at = offset + (whence == SEEK_CUR ? r->at : whence == SEEK_END ? r->size : 0);
}

static tmsize_t on_write(thandle_t h, void *from, tmsize_t n) { (void)h; (void)from; (void)n; return 0; }
static int on_close(thandle_t h) { (void)h; return 0; }
static toff_t on_size(thandle_t h) { return ((reader *)h)->size; }

/* Copies one strip or tile of w x h pixels to (x0, y0); plane < 0: interleaved samples of all channels. */
static void place(odm_image *out, const uint8_t *from, uint32_t stride, uint32_t x0, uint32_t y0, uint32_t w, uint32_t h, int plane, int samples)
{
    int size = out->depth / 8, count = plane < 0 ? out->channels : 1, step = plane < 0 ? samples : 1;
    for (uint32_t y = 0; y < h && y0 + y < (uint32_t)out->height; y++)
        for (uint32_t x = 0; x < w && x0 + x < (uint32_t)out->width; x++)
            memcpy(out->data + (((size_t)(y0 + y) * out->width + x0 + x) * out->channels + (plane < 0 ? 0 : plane)) * size,
                   from + (size_t)y * stride + (size_t)x * step * size, (size_t)count * size);
}

static int read_samples(TIFF *tiff, odm_image *out, int samples, int separate)
{
    int tiled = TIFFIsTiled(tiff), size = out->depth / 8, ok = 1;
    uint32_t w = out->width, h = 0;
    if (tiled) { TIFFGetField(tiff, TIFFTAG_TILEWIDTH, &w); TIFFGetField(tiff, TIFFTAG_TILELENGTH, &h); }
    else TIFFGetFieldDefaulted(tiff, TIFFTAG_ROWSPERSTRIP, &h);
    if (h > (uint32_t)out->height && !tiled) h = out->height;
    uint32_t stride = w * size * (separate ? 1 : samples);
    tmsize_t room = tiled ? TIFFTileSize(tiff) : TIFFStripSize(tiff);
    if (w == 0 || h == 0 || room <= 0 || (uint64_t)room < (uint64_t)stride * h || room > (tmsize_t)1 << 32) { snprintf(out->error, 256, "strips or tiles of a wrong size"); return 0; }
    uint8_t *buffer = malloc(room);
    if (!buffer) { snprintf(out->error, 256, "out of memory"); return 0; }
    for (int plane = 0; ok && plane < (separate ? out->channels : 1); plane++)
        for (uint32_t y = 0; ok && y < (uint32_t)out->height; y += h)
            for (uint32_t x = 0; ok && x < (uint32_t)out->width; x += w) {
                uint32_t rows = !tiled && y + h > (uint32_t)out->height ? out->height - y : h;
                tmsize_t got = tiled ? TIFFReadEncodedTile(tiff, TIFFComputeTile(tiff, x, y, 0, plane), buffer, room)
                                     : TIFFReadEncodedStrip(tiff, TIFFComputeStrip(tiff, y, plane), buffer, room);
                ok = got >= (tmsize_t)((uint64_t)stride * rows);
                if (ok) place(out, buffer, stride, x, y, w, rows, separate ? plane : -1, samples);
            }
    free(buffer);
    return ok;
}

/* Palettes, 1 and 4 bits, YCbCr, CMYK: libtiff's own conversion, in the file's orientation. */
static int read_converted(TIFF *tiff, odm_image *out)
{
    TIFFRGBAImage image;
    if (!TIFFRGBAImageOK(tiff, out->error) || !TIFFRGBAImageBegin(&image, tiff, 1, out->error)) return 0;
    image.req_orientation = image.orientation;
    size_t n = (size_t)out->width * out->height;
    uint32_t *packed = malloc(n * 4);
    int ok = packed && TIFFRGBAImageGet(&image, packed, out->width, out->height);
    for (size_t i = 0; ok && i < n; i++) {
        uint8_t rgba[4] = {TIFFGetR(packed[i]), TIFFGetG(packed[i]), TIFFGetB(packed[i]), TIFFGetA(packed[i])};
        memcpy(out->data + i * out->channels, rgba, out->channels);
    }
    free(packed);
    TIFFRGBAImageEnd(&image);
    return ok;
}

static int read_image(TIFF *tiff, int header_only, odm_image *out)
{
    uint32_t width = 0, height = 0;
    uint16_t bits = 1, samples = 1, photometric = PHOTOMETRIC_MINISBLACK, planar = PLANARCONFIG_CONTIG, format = SAMPLEFORMAT_UINT;
    TIFFGetField(tiff, TIFFTAG_IMAGEWIDTH, &width);
    TIFFGetField(tiff, TIFFTAG_IMAGELENGTH, &height);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_BITSPERSAMPLE, &bits);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_SAMPLESPERPIXEL, &samples);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_PLANARCONFIG, &planar);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_SAMPLEFORMAT, &format);
    if (!TIFFGetField(tiff, TIFFTAG_PHOTOMETRIC, &photometric)) photometric = samples >= 3 ? PHOTOMETRIC_RGB : PHOTOMETRIC_MINISBLACK;
    int grey = photometric == PHOTOMETRIC_MINISBLACK || photometric == PHOTOMETRIC_MINISWHITE;
    int direct = (bits == 8 || bits == 16) && format == SAMPLEFORMAT_UINT && (grey || (photometric == PHOTOMETRIC_RGB && samples >= 3));
    if (width > INT32_MAX || height > INT32_MAX) { snprintf(out->error, 256, "the image is too large"); return 0; }
    if (!direct && (bits > 8 || format != SAMPLEFORMAT_UINT)) { snprintf(out->error, 256, "%u bit TIFF samples of this kind are not supported", bits); return 0; }
    out->width = (int32_t)width;
    out->height = (int32_t)height;
    out->depth = direct ? bits : 8;
    out->channels = grey ? (direct && samples >= 2 ? 2 : 1) : samples >= 4 && direct ? 4 : 3;
    if (header_only) return 1;
    if (odm_allocate(out) != ODM_OK) return 0;
    if (!direct) return read_converted(tiff, out);
    if (!read_samples(tiff, out, samples, planar == PLANARCONFIG_SEPARATE)) return 0;
    if (photometric == PHOTOMETRIC_MINISWHITE)
        for (uint64_t i = 0; i < out->bytes; i++)
            if (out->channels == 1 || i / (out->depth / 8) % 2 == 0) out->data[i] = ~out->data[i];
    return 1;
}

int odm_decode_tiff(const uint8_t *file, size_t size, int header_only, odm_image *out)
{
    pthread_once(&once, install);
    reader r = {file, size, 0};
    message = out->error;
    TIFF *tiff = TIFFClientOpen("TIFF", "rm", &r, on_read, on_write, on_seek, on_close, on_size, NULL, NULL);
    int ok = tiff && read_image(tiff, header_only, out) && !out->error[0];
    if (tiff) TIFFClose(tiff);
    message = NULL;
    if (ok) return ODM_OK;
    return odm_fail(out, ODM_INVALID, out->error[0] ? out->error : "the TIFF data is damaged");
}
