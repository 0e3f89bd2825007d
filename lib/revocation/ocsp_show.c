/* SPDX-License-Identifier: MIT */
#include "base/error.h"
#include "revocation/ocsp_response.h"

const void *mtlsauth_ocsp_response_der(const mtlsauth_ocsp_response *response, size_t *len)
{
    if (len != NULL)
        *len = response == NULL ? 0 : response->len;
    return response == NULL ? NULL : response->der;
}

int mtlsauth_ocsp_response_status(const mtlsauth_ocsp_response *response)
{
    return response == NULL ? -1 : response->status;
}

const char *mtlsauth_ocsp_response_status_name(const mtlsauth_ocsp_response *response)
{
    return mtlsauth__ocsp_response_status_name(mtlsauth_ocsp_response_status(response));
}

const char *mtlsauth_ocsp_status_name(int status)
{
    switch (status) {
    case MTLSAUTH_OCSP_GOOD:
        return "good";
    case MTLSAUTH_OCSP_REVOKED:
        return "revoked";
    case MTLSAUTH_OCSP_UNKNOWN:
        return "unknown";
    default:
        return "";
    }
}

int64_t mtlsauth_ocsp_response_produced_at(const mtlsauth_ocsp_response *response)
{
    return response == NULL ? MTLSAUTH_NO_TIME : response->produced_at;
}

size_t mtlsauth_ocsp_response_count(const mtlsauth_ocsp_response *response)
{
    return response == NULL ? 0 : response->count;
}

int mtlsauth_ocsp_response_entry(const mtlsauth_ocsp_response *response, size_t i,
                                 const void **serial, size_t *serial_len, int *status,
                                 int64_t *this_update, int64_t *next_update)
{
    struct ocsp_single single;
    const char *why;
    struct der list;

    if (response == NULL || serial == NULL || serial_len == NULL || status == NULL ||
        this_update == NULL || next_update == NULL)
        return mtlsauth__fail(MTLSAUTH_ERR_ARGUMENT,
                              "ocsp_response_entry: the response or a place for a result is NULL");
    if (i >= response->count)
        return mtlsauth__fail(MTLSAUTH_ERR_ARGUMENT,
                              "ocsp_response_entry: there is no answer %zu, there are %zu", i,
                              response->count);
    list = der_of(response->singles);
    for (size_t n = 0; n <= i; n++)
        if (!mtlsauth__ocsp_single_next(&list, &single, &why))
            return mtlsauth__fail(MTLSAUTH_ERR_PARSE, "OCSP response: %s", why);
    *serial = single.id.serial.ptr;
    *serial_len = single.id.serial.len;
    *status = single.status;
    *this_update = single.this_update;
    *next_update = single.next_update;
    return MTLSAUTH_OK;
}
