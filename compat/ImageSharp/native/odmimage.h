/* A C ABI over libjpeg(-turbo), libpng and libtiff: whole files in memory in, interleaved samples out.
 * Errors of the libraries (setjmp/longjmp) end here and come back as a code and a line of text. */
#pragma once
#include <stddef.h>
#include <stdint.h>

#define ODM_EXPORT __attribute__((visibility("default")))
enum { ODM_OK = 0, ODM_INVALID = 1, ODM_UNKNOWN = 2, ODM_MEMORY = 3 };

typedef struct {
    int32_t width, height;
    int32_t channels; /* 1 grey, 2 grey + alpha, 3 RGB, 4 RGBA (alpha not premultiplied) */
    int32_t depth;    /* 8, or 16 in the machine's byte order */
    uint8_t *data;    /* decoding: width * height * channels samples; encoding: the file. Freed by odm_free */
    uint64_t bytes;
    char error[1024]; /* libtiff writes up to 1024 */
} odm_image;

/* header_only: fills width, height, channels and depth and leaves data null */
ODM_EXPORT int odm_decode(const uint8_t *file, uint64_t size, int header_only, odm_image *out);
ODM_EXPORT int odm_encode_png(const uint8_t *samples, int level, odm_image *inout);
ODM_EXPORT int odm_encode_jpeg(const uint8_t *samples, int quality, odm_image *inout);
ODM_EXPORT void odm_free(void *data);

int odm_fail(odm_image *out, int code, const char *text);
int odm_allocate(odm_image *out); /* checks the size and allocates data from the fields above */
int odm_decode_png(const uint8_t *file, size_t size, int header_only, odm_image *out);
int odm_decode_jpeg(const uint8_t *file, size_t size, int header_only, odm_image *out);
int odm_decode_tiff(const uint8_t *file, size_t size, int header_only, odm_image *out);
