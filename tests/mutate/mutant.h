/* SPDX-License-Identifier: MIT */
/* What each condition of a mutated file is handed to. */
#ifndef MUTANT_H
#define MUTANT_H

#include <stdbool.h>

enum { MUTANT_POINTS = 16384, MUTANT_KINDS = 3, MUTANTS = MUTANT_POINTS * MUTANT_KINDS + 1 };

/* MUTANT_KINDS * point + kind + 1; 0 is none. */
extern unsigned mtlsauth__mutant_chosen;
/* MUTANT_POINTS octets: which points were reached. */
extern unsigned char *mtlsauth__mutant_reached;

static inline bool mtlsauth__mutant(unsigned point, bool value)
{
    unsigned kind = mtlsauth__mutant_chosen - MUTANT_KINDS * point - 1;

    mtlsauth__mutant_reached[point] = 1;
    return kind == 0 ? !value : kind == 1 ? true : kind == 2 ? false : value;
}

#endif
