/* SPDX-License-Identifier: MIT */
#include "revocation/floor.h"

#include <mtlsauth/error.h>
#include "base/error.h"
#include "base/memory.h"
#include "crypto/digest.h"

int mtlsauth__crl_floor_of(struct crl_floor *floor, const mtlsauth_crl *crl)
{
    const struct crl_image *image = &crl->image;
    const struct crl_facts *facts = &image->facts;

    *floor = (struct crl_floor){.delta = facts->is_delta,
                                .number_len = facts->number_len,
                                .this_update = facts->this_update};
    memcpy(floor->number, facts->number, facts->number_len);
    memcpy(floor->issuer_key, image->issuer_key, CRL_IMAGE_DIGEST);
    memcpy(floor->content, image->source, CRL_IMAGE_DIGEST);
    /* Two CAs may have one key, as after a change of name. */
    if (!mtlsauth__hmac_sha256(crl->issuer_key, span_of(facts->idp, facts->idp_len), floor->point))
        return mtlsauth__fail_digest();
    return MTLSAUTH_OK;
}

int mtlsauth__crl_floor_order(const struct crl_floor *a, const struct crl_floor *b)
{
    int order = memcmp(a->issuer_key, b->issuer_key, CRL_IMAGE_DIGEST);

    if (order == 0)
        order = memcmp(a->point, b->point, CRL_IMAGE_DIGEST);
    return order != 0 ? order : (int)a->delta - (int)b->delta;
}

void mtlsauth__crl_floor_raise(struct crl_floor *floor, const struct crl_floor *other)
{
    int order;

    if (floor->rollbacks != other->rollbacks) {
        if (floor->rollbacks < other->rollbacks)
            *floor = *other;
        return;
    }
    order = mtlsauth__crl_number_compare(span_of(other->number, other->number_len),
                                         span_of(floor->number, floor->number_len));
    if (order > 0 || (order == 0 && other->this_update > floor->this_update))
        *floor = *other;
}

size_t mtlsauth__crl_floors_find(const struct crl_floors *floors, const struct crl_floor *like,
                                 bool *found)
{
    size_t low = 0, high = floors->count;

    *found = false;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = mtlsauth__crl_floor_order(&floors->all[middle], like);

        if (order == 0) {
            *found = true;
            return middle;
        }
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

void mtlsauth__crl_floors_drop(struct crl_floors *floors)
{
    mtlsauth__free(floors->all);
    *floors = (struct crl_floors){.all = NULL};
}
