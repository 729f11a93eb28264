#include "odmimage.h"
#include <png.h>
#include <stdlib.h>
#include <string.h>

typedef struct { const uint8_t *file; size_t size, at; } reader;

static void on_error(png_structp png, png_const_charp text)
{
    odm_image *out = png_get_error_ptr(png);
    strncpy(out->error, text, sizeof out->error - 1);
    png_longjmp(png, 1);
}

static void on_warning(png_structp png, png_const_charp text) { (void)png; (void)text; }

static void on_read(png_structp png, png_bytep to, size_t n)
{
    reader *r = png_get_io_ptr(png);
    if (n > r->size - r->at) png_error(png, "the file ends too early");
    memcpy(to, r->file + r->at, n);
    r->at += n;
}

int odm_decode_png(const uint8_t *file, size_t size, int header_only, odm_image *out)
{
    reader r = {file, size, 0};
    png_bytep *volatile rows = NULL;
    png_infop info = NULL;
    png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, out, on_error, on_warning);
    if (!png) return odm_fail(out, ODM_MEMORY, "out of memory");
    info = png_create_info_struct(png);
    if (!info) { png_destroy_read_struct(&png, NULL, NULL); return odm_fail(out, ODM_MEMORY, "out of memory"); }
    if (setjmp(png_jmpbuf(png))) {
        png_destroy_read_struct(&png, &info, NULL);
        free(rows);
        return odm_fail(out, ODM_INVALID, out->error);
    }
    png_set_read_fn(png, &r, on_read);
    png_read_info(png, info);
    out->width = (int32_t)png_get_image_width(png, info);
    out->height = (int32_t)png_get_image_height(png, info);
    out->depth = png_get_bit_depth(png, info) == 16 ? 16 : 8;
    png_set_expand(png); /* palette to RGB, 1 2 4 bits to 8, tRNS to alpha */
    if (out->depth == 16) png_set_swap(png);
    png_set_interlace_handling(png);
    png_read_update_info(png, info);
    out->channels = png_get_channels(png, info);
    int code = ODM_OK;
    if (!header_only && (code = odm_allocate(out)) == ODM_OK) {
        size_t stride = (size_t)out->width * out->channels * (out->depth / 8);
        if (png_get_rowbytes(png, info) != stride) png_error(png, "unexpected row length");
        rows = malloc(sizeof(png_bytep) * out->height);
        if (!rows) png_error(png, "out of memory");
        for (int y = 0; y < out->height; y++) rows[y] = out->data + y * stride;
        png_read_image(png, rows);
        png_read_end(png, NULL); /* a missing IEND is an error */
    }
    png_destroy_read_struct(&png, &info, NULL);
    free(rows);
    return code;
}

static void on_write(png_structp png, png_bytep from, size_t n)
{
    odm_image *out = png_get_io_ptr(png);
    uint64_t room = 4096;
    while (room < out->bytes + n) room *= 2;
    uint64_t had = 4096;
    while (had < out->bytes) had *= 2;
    if (!out->data || room != had) {
        uint8_t *grown = realloc(out->data, room);
        if (!grown) png_error(png, "out of memory");
        out->data = grown;
    }
    memcpy(out->data + out->bytes, from, n);
    out->bytes += n;
}

static void on_flush(png_structp png) { (void)png; }

int odm_encode_png(const uint8_t *samples, int level, odm_image *out)
{
    static const int colours[] = {0, PNG_COLOR_TYPE_GRAY, PNG_COLOR_TYPE_GRAY_ALPHA, PNG_COLOR_TYPE_RGB, PNG_COLOR_TYPE_RGB_ALPHA};
    out->data = NULL;
    out->bytes = 0;
    png_infop info = NULL;
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, out, on_error, on_warning);
    if (!png) return odm_fail(out, ODM_MEMORY, "out of memory");
    info = png_create_info_struct(png);
    if (!info) { png_destroy_write_struct(&png, NULL); return odm_fail(out, ODM_MEMORY, "out of memory"); }
    if (setjmp(png_jmpbuf(png))) {
        png_destroy_write_struct(&png, &info);
        return odm_fail(out, ODM_INVALID, out->error);
    }
    png_set_write_fn(png, out, on_write, on_flush);
    png_set_compression_level(png, level);
    png_set_IHDR(png, info, out->width, out->height, out->depth, colours[out->channels], PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    png_write_info(png, info);
    if (out->depth == 16) png_set_swap(png);
    size_t stride = (size_t)out->width * out->channels * (out->depth / 8);
    for (int y = 0; y < out->height; y++) png_write_row(png, samples + y * stride);
    png_write_end(png, info);
    png_destroy_write_struct(&png, &info);
    return ODM_OK;
}
