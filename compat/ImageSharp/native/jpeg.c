#include "odmimage.h"
#include <stdio.h>
#include <jpeglib.h>
#include <jerror.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

typedef struct { struct jpeg_error_mgr base; jmp_buf jump; char *text; } errors;

static void on_error(j_common_ptr jpeg)
{
    errors *e = (errors *)jpeg->err;
    char text[JMSG_LENGTH_MAX];
    jpeg->err->format_message(jpeg, text);
    snprintf(e->text, 256, "%.255s", text);
    longjmp(e->jump, 1);
}

static void on_message(j_common_ptr jpeg, int level)
{
    if (level >= 0) return; /* a trace */
    switch (jpeg->err->msg_code) { /* libjpeg would fill with grey and go on; here damaged data is an error */
    case JWRN_JPEG_EOF: case JWRN_HIT_MARKER: case JWRN_HUFF_BAD_CODE: case JWRN_MUST_RESYNC: case JWRN_ARITH_BAD_CODE: on_error(jpeg);
    }
}

static void on_output(j_common_ptr jpeg) { (void)jpeg; }

static struct jpeg_error_mgr *handlers(errors *e, odm_image *out)
{
    jpeg_std_error(&e->base);
    e->base.error_exit = on_error;
    e->base.emit_message = on_message;
    e->base.output_message = on_output;
    e->text = out->error;
    return &e->base;
}

/* CMYK to RGB as r = c k / 255. Adobe's files hold inverted ink (255 = none), others ink. */
static void cmyk_row(const uint8_t *in, uint8_t *out, int width, int inverted)
{
    for (int x = 0; x < width; x++, in += 4, out += 3)
        for (int c = 0; c < 3; c++) {
            int ink = inverted ? in[c] : 255 - in[c], black = inverted ? in[3] : 255 - in[3];
            out[c] = (uint8_t)((ink * black + 127) / 255);
        }
}

int odm_decode_jpeg(const uint8_t *file, size_t size, int header_only, odm_image *out)
{
    struct jpeg_decompress_struct jpeg;
    errors e;
    uint8_t *volatile row = NULL;
    jpeg.err = handlers(&e, out);
    if (setjmp(e.jump)) {
        jpeg_destroy_decompress(&jpeg);
        free(row);
        return odm_fail(out, ODM_INVALID, out->error);
    }
    jpeg_create_decompress(&jpeg);
    jpeg_mem_src(&jpeg, (unsigned char *)file, size);
    jpeg_read_header(&jpeg, TRUE);
    int cmyk = jpeg.num_components == 4;
    jpeg.out_color_space = cmyk ? JCS_CMYK : jpeg.num_components == 1 ? JCS_GRAYSCALE : JCS_RGB;
    out->width = (int32_t)jpeg.image_width;
    out->height = (int32_t)jpeg.image_height;
    out->channels = jpeg.num_components == 1 ? 1 : 3;
    out->depth = 8;
    int code = ODM_OK;
    if (!header_only && (code = odm_allocate(out)) == ODM_OK) {
        jpeg_start_decompress(&jpeg);
        if (cmyk && !(row = malloc((size_t)out->width * 4))) ERREXIT1(&jpeg, JERR_OUT_OF_MEMORY, 0);
        while (jpeg.output_scanline < jpeg.output_height) {
            uint8_t *to = out->data + (size_t)jpeg.output_scanline * out->width * out->channels;
            JSAMPROW line = cmyk ? row : to;
            jpeg_read_scanlines(&jpeg, &line, 1);
            if (cmyk) cmyk_row(row, to, out->width, jpeg.saw_Adobe_marker);
        }
        jpeg_finish_decompress(&jpeg); /* reads up to the end marker */
    }
    jpeg_destroy_decompress(&jpeg);
    free(row);
    return code;
}

int odm_encode_jpeg(const uint8_t *samples, int quality, odm_image *out)
{
    struct jpeg_compress_struct jpeg;
    errors e;
    unsigned char *buffer = NULL;
    unsigned char **volatile held = &buffer;
    unsigned long bytes = 0;
    out->data = NULL;
    out->bytes = 0;
    jpeg.err = handlers(&e, out);
    if (setjmp(e.jump)) {
        jpeg_destroy_compress(&jpeg);
        free(*held);
        return odm_fail(out, ODM_INVALID, out->error);
    }
    jpeg_create_compress(&jpeg);
    jpeg_mem_dest(&jpeg, &buffer, &bytes);
    jpeg.image_width = (JDIMENSION)out->width;
    jpeg.image_height = (JDIMENSION)out->height;
    jpeg.input_components = out->channels;
    jpeg.in_color_space = out->channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
    jpeg_set_defaults(&jpeg);
    jpeg_set_quality(&jpeg, quality, TRUE);
    jpeg_start_compress(&jpeg, TRUE);
    while (jpeg.next_scanline < jpeg.image_height) {
        JSAMPROW line = (JSAMPROW)(samples + (size_t)jpeg.next_scanline * out->width * out->channels);
        jpeg_write_scanlines(&jpeg, &line, 1);
    }
    jpeg_finish_compress(&jpeg);
    jpeg_destroy_compress(&jpeg);
    out->data = buffer;
    out->bytes = bytes;
    return ODM_OK;
}
