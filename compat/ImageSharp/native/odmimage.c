#include "odmimage.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_PIXELS (1ULL << 28) /* a damaged header must not ask for all memory */

void odm_free(void *data) { free(data); }

int odm_fail(odm_image *out, int code, const char *text)
{
    free(out->data);
    out->data = NULL;
    out->bytes = 0;
    if (text != out->error) snprintf(out->error, sizeof out->error, "%s", text);
    return code;
}

int odm_allocate(odm_image *out)
{
    if (out->width <= 0 || out->height <= 0) return odm_fail(out, ODM_INVALID, "the image has no pixels");
    if ((uint64_t)out->width * (uint64_t)out->height > MAX_PIXELS) return odm_fail(out, ODM_INVALID, "the image is larger than 2^28 pixels");
    out->bytes = (uint64_t)out->width * out->height * out->channels * (out->depth / 8);
    out->data = malloc(out->bytes);
    return out->data ? ODM_OK : odm_fail(out, ODM_MEMORY, "out of memory");
}

static int starts(const uint8_t *file, uint64_t size, const char *magic, size_t n) { return size >= n && memcmp(file, magic, n) == 0; }

int odm_decode(const uint8_t *file, uint64_t size, int header_only, odm_image *out)
{
    memset(out, 0, sizeof *out);
    if (starts(file, size, "\x89PNG\r\n\x1a\n", 8)) return odm_decode_png(file, size, header_only, out);
    if (starts(file, size, "\xff\xd8\xff", 3)) return odm_decode_jpeg(file, size, header_only, out);
    if (starts(file, size, "II*\0", 4) || starts(file, size, "MM\0*", 4) || starts(file, size, "II+\0", 4) || starts(file, size, "MM\0+", 4))
        return odm_decode_tiff(file, size, header_only, out);
    return odm_fail(out, ODM_UNKNOWN, "neither PNG nor JPEG nor TIFF");
}
