/* SPDX-License-Identifier: MIT */
#include "trust/profile.h"

/* An Application Load Balancer takes version 3 alone. */
static bool check_version_3(const struct path_params *params, const struct candidate_path *path,
                            struct reason *reason)
{
    if (params->profile != MTLSAUTH_PROFILE_ALB && params->profile != MTLSAUTH_PROFILE_STRICT)
        return true;
    for (size_t i = 0; i < path->count; i++) {
        if (path->certs[i]->view.version == 3)
            continue;
        mtlsauth__reason_note(reason, PROGRESS_PROFILE, MTLSAUTH_DENY_PROFILE, i, path->certs[i],
                              "it is version %u; the profile takes version 3 alone",
                              path->certs[i]->view.version);
        return false;
    }
    return true;
}

bool mtlsauth__check_profile(const struct path_params *params, const struct candidate_path *path,
                             struct reason *reason)
{
    return check_version_3(params, path, reason);
}
