/* SPDX-License-Identifier: MIT */
#include <mtlsauth/authorizer.h>

#include <mtlsauth/error.h>
#include "base/error.h"
#include "base/memory.h"
#include "revocation/crl.h"
#include "revocation/floor_store.h"

/* Sets the floor of a list's kind, whatever it was. */
static int lower(struct crl_floors *floors, struct crl_floor *floor)
{
    bool found;
    size_t i = mtlsauth__crl_floors_find(floors, floor, &found);
    struct crl_floor *more;

    if (found && floors->all[i].rollbacks == UINT32_MAX)
        return mtlsauth__fail(MTLSAUTH_ERR_LIMIT,
                              "accept_rollback: no more rollbacks can be counted");
    /* Counted also where none is kept, or this very one: an authorizer that runs may know
     * another. */
    floor->rollbacks = found ? floors->all[i].rollbacks + 1 : 1;
    if (!found) {
        more = mtlsauth__realloc(floors->all, floors->count + 1, sizeof *more);
        if (more == NULL)
            return mtlsauth__fail_memory();
        memmove(more + i + 1, more + i, (floors->count - i) * sizeof *more);
        floors->all = more;
        floors->count++;
    }
    floors->all[i] = *floor;
    return MTLSAUTH_OK;
}

int mtlsauth_state_accept_rollback(const char *state_dir, const mtlsauth_crl *crl)
{
    struct floor_store store;
    struct crl_floors floors;
    struct crl_floor floor;
    struct kept_sentence kept;
    int code;

    if (state_dir == NULL || *state_dir == '\0' || crl == NULL)
        return mtlsauth__fail(MTLSAUTH_ERR_ARGUMENT,
                              "accept_rollback: the path of a folder and a CRL are needed");
    if (!crl->verified)
        return mtlsauth__fail(MTLSAUTH_ERR_ARGUMENT,
                              "accept_rollback: the signature of this CRL was not verified; load "
                              "it with mtlsauth_crl_load");
    mtlsauth__sentence_keep(&kept);
    code = mtlsauth__crl_floor_of(&floor, crl);
    if (code != MTLSAUTH_OK)
        return code;
    code = mtlsauth__floor_store_begin(&store, state_dir, &floors);
    if (code != MTLSAUTH_OK)
        return code;
    code = lower(&floors, &floor);
    if (code == MTLSAUTH_OK)
        code = mtlsauth__floor_store_write(&store, &floors);
    mtlsauth__floor_store_end(&store);
    mtlsauth__crl_floors_drop(&floors);
    return mtlsauth__sentence_settle(&kept, code);
}
