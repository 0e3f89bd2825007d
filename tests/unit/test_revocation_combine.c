/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <mtlsauth/error.h>
#include "evidence.h"

START_TEST(every_cell)
{
    for (size_t m = 0; m < COUNT_OF(evidence_tables); m++) {
        const struct evidence_table *table = &evidence_tables[m];

        for (size_t crl = 0; crl < EVIDENCE_CRLS; crl++)
            for (size_t ocsp = 0; ocsp < EVIDENCE_OCSPS; ocsp++) {
                char row[96];

                snprintf(row, sizeof row, "%s, CRL %s, OCSP %s", table->title,
                         evidence_crls[crl].name, evidence_ocsps[ocsp].name);
                ASSERT_INT(row,
                           mtlsauth__revocation_combine(table->evidence, table->allow_unknown,
                                                        evidence_crls[crl].state,
                                                        evidence_ocsps[ocsp].state),
                           evidence_code(table->rows[crl][ocsp]));
            }
    }
}
END_TEST

START_TEST(revoked_denies_whatever_is_asked)
{
    for (int evidence = MTLSAUTH_EVIDENCE_OFF - 1; evidence <= MTLSAUTH_EVIDENCE_CRL_AND_OCSP + 1;
         evidence++)
        for (int allow = 0; allow < 2; allow++) {
            for (size_t n = 0; n < EVIDENCE_OCSPS; n++)
                ASSERT_INT("CRL",
                           mtlsauth__revocation_combine(evidence, allow != 0, REVOCATION_REVOKED,
                                                        evidence_ocsps[n].state),
                           MTLSAUTH_DENY_REVOKED);
            for (size_t n = 0; n < EVIDENCE_CRLS; n++)
                ASSERT_INT("OCSP",
                           mtlsauth__revocation_combine(evidence, allow != 0,
                                                        evidence_crls[n].state,
                                                        OCSP_STATE_REVOKED),
                           MTLSAUTH_DENY_REVOKED);
        }
}
END_TEST

/* A number that is no evidence allows nobody, whatever there is. */
START_TEST(evidence_that_does_not_exist)
{
    static const int none[] = {-1, 0, MTLSAUTH_EVIDENCE_CRL_AND_OCSP + 1};

    for (size_t i = 0; i < COUNT_OF(none); i++)
        for (int allow = 0; allow < 2; allow++)
            ASSERT_INT("none",
                       mtlsauth__revocation_combine(none[i], allow != 0, REVOCATION_GOOD,
                                                    OCSP_STATE_GOOD),
                       MTLSAUTH_DENY_REVOCATION_UNKNOWN);
}
END_TEST

/* The next line that is not empty, without its end; false at the end of the file. */
static bool next_line(FILE *file, char *line, int room)
{
    while (fgets(line, room, file) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        if (*line != '\0')
            return true;
    }
    return false;
}

/* The cells of a row of a table in Markdown: "| good | in | ... |". */
static size_t split(char *line, char *cells[], size_t most)
{
    size_t count = 0;

    for (char *cell = strtok(line, "|"); cell != NULL && count < most; cell = strtok(NULL, "|")) {
        cell += strspn(cell, " ");
        cell[strcspn(cell, " ")] = '\0';
        cells[count++] = cell;
    }
    return count;
}

static const char *cell_text(char letter)
{
    switch (letter) {
    case 'G':
        return "in";
    case 'R':
        return "REVOKED";
    case 'S':
        return "STALE";
    default:
        return "UNKNOWN";
    }
}

static void check_table(FILE *file, const struct evidence_table *table)
{
    char line[512], heading[128], *cells[EVIDENCE_OCSPS + 2];

    snprintf(heading, sizeof heading, "#### %s", table->title);
    do
        ASSERT_TRUE(table->title, next_line(file, line, sizeof line));
    while (strcmp(line, heading) != 0);
    ASSERT_TRUE(table->title, next_line(file, line, sizeof line));
    ASSERT_INT(table->title, split(line, cells, EVIDENCE_OCSPS + 2), EVIDENCE_OCSPS + 1);
    for (size_t n = 0; n < EVIDENCE_OCSPS; n++)
        ASSERT_TEXT(table->title, cells[n + 1], evidence_ocsps[n].name);
    ASSERT_TRUE(table->title, next_line(file, line, sizeof line));
    for (size_t crl = 0; crl < EVIDENCE_CRLS; crl++) {
        ASSERT_TRUE(table->title, next_line(file, line, sizeof line));
        ASSERT_INT(table->title, split(line, cells, EVIDENCE_OCSPS + 2), EVIDENCE_OCSPS + 1);
        ASSERT_TEXT(table->title, cells[0], evidence_crls[crl].name);
        for (size_t n = 0; n < EVIDENCE_OCSPS; n++)
            ASSERT_TEXT(table->title, cells[n + 1], cell_text(table->rows[crl][n]));
    }
}

/* What docs/revocation.md tells an operator is what the code does. */
START_TEST(documented)
{
    FILE *file = fopen(DOCS_DIR "/revocation.md", "r");

    ck_assert_msg(file != NULL, "%s cannot be read", DOCS_DIR "/revocation.md");
    for (size_t m = 0; m < COUNT_OF(evidence_tables); m++)
        check_table(file, &evidence_tables[m]);
    fclose(file);
}
END_TEST

UNIT_MAIN("revocation/combine", every_cell, revoked_denies_whatever_is_asked,
          evidence_that_does_not_exist, documented)
