/* SPDX-License-Identifier: MIT */
/* dlsym LIBRARY SYMBOL...: are these all in that library, as a program finds them that loads it? */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
    void *library = argc > 1 ? dlopen(argv[1], RTLD_NOW | RTLD_LOCAL) : NULL;
    int missing = 0;

    if (library == NULL) {
        fprintf(stderr, "%s\n", argc > 1 ? dlerror() : "usage: dlsym LIBRARY SYMBOL...");
        return EXIT_FAILURE;
    }
    for (int i = 2; i < argc; i++) {
        if (dlsym(library, argv[i]) == NULL) {
            fprintf(stderr, "%s is not found\n", argv[i]);
            missing++;
        }
    }
    if (dlsym(library, "mtlsauth__fail") != NULL) {
        fprintf(stderr, "a hidden function is found\n");
        missing++;
    }
    dlclose(library);
    return missing == 0 && argc > 2 ? EXIT_SUCCESS : EXIT_FAILURE;
}
