/* SPDX-License-Identifier: MIT */
#include "again.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "vectors.h"

enum { TIMES = 3 };

struct again again_wanted(int *argc, char ***argv)
{
    struct again again = {.wanted = *argc > 1 && strcmp((*argv)[1], "--twice") == 0};

    if (again.wanted) {
        ++*argv;
        --*argc;
    }
    return again;
}

static json_t *parsed(const char *text)
{
    json_error_t error;
    json_t *json = json_loads(text, 0, &error);

    if (json == NULL) {
        fprintf(stderr, "%s: %s\n", error.text, text);
        exit(EXIT_FAILURE);
    }
    return json;
}

/* All of a decision but the generation, which is there to differ. */
static json_t *answer_of(mtlsauth_decision *decision)
{
    const char *text;
    json_t *json;

    must(mtlsauth_decision_json(decision, &text), "a decision as JSON");
    json = parsed(text);
    json_object_del(json, "generation");
    return json;
}

static json_int_t hits_of(mtlsauth_authorizer *authorizer)
{
    static char text[1 << 20];
    json_t *json;
    json_int_t hits;

    must(mtlsauth_authorizer_stats_json(authorizer, text, sizeof text, NULL), "statistics");
    json = parsed(text);
    hits = json_integer_value(json_object_get(json_object_get(json, "path_cache"), "hits"));
    json_decref(json);
    return hits;
}

static void ask(const struct question *question, int time, mtlsauth_decision *decision)
{
    int code;

    switch (time) {
    case 0:
        code = mtlsauth_authorize(question->authorizer, question->chain, decision);
        break;
    case 1:
        code = mtlsauth_authorize_text(question->authorizer, question->pem, question->pem_len,
                                       MTLSAUTH_FORMAT_PEM, decision);
        break;
    default:
        must(mtlsauth_authorizer_set_policy(question->authorizer, question->policy), "set_policy");
        code = mtlsauth_authorize(question->authorizer, question->chain, decision);
        break;
    }
    if (code != mtlsauth_decision_code(decision)) {
        fprintf(stderr, "%s: a call returned %d\n", question->id, code);
        exit(EXIT_FAILURE);
    }
}

void again_ask(struct again *again, struct report *report, const struct question *question,
               mtlsauth_decision *first)
{
    bool holds = mtlsauth_decision_code(first) == MTLSAUTH_OK;
    mtlsauth_decision *decision;
    json_int_t before;
    json_t *expected;

    if (!again->wanted)
        return;
    must(mtlsauth_decision_new(&decision), "decision");
    expected = answer_of(first);
    before = hits_of(question->authorizer);
    for (int time = 0; time < TIMES; time++) {
        json_t *answer;

        ask(question, time, decision);
        answer = answer_of(decision);
        if (!json_equal(answer, expected))
            report_failure(report, question->id, "asked again, it gets another answer");
        json_decref(answer);
    }
    again->asked++;
    if (hits_of(question->authorizer) - before == TIMES)
        again->known++;
    else if (holds)
        report_failure(report, question->id, "asked again, its path is looked for again");
    json_decref(expected);
    mtlsauth_decision_free(decision);
}

void again_finish(const struct again *again, struct report *report)
{
    if (!again->wanted)
        return;
    printf("asked again: %u cases, the path of %u from the cache\n", again->asked, again->known);
    if (again->known == 0)
        report_failure(report, "--twice", "no path came from the cache");
}
