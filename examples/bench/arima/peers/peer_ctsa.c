/* Fits bench_arima's series with ctsa.
 * arima_peers.cpp describes the conversation, build_peer_ctsa.sh builds it.
 *
 * ctsa differences by itself, and its likelihood is that of the differences. It estimates a mean exactly when
 * it does not difference, so a case with a mean is differenced here first. Its moving averages have minus
 * signs.
 */

#include "ctsa.h"
#include "emle.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

typedef struct {
    int n;
    double* values;
} Series;

typedef struct {
    char name[64];
    int p, d, q, P, D, Q, s, mean, count;
    Series* series;
} Case;

static FILE* answers; /* what ctsa prints goes to the error stream */

static void fail(const char* what) {
    fprintf(stderr, "peer_ctsa: %s\n", what);
    exit(1);
}

static double now_ms(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return 1e3 * (double)t.tv_sec + 1e-6 * (double)t.tv_nsec;
}

static int subtract_lag(double* values, int n, int lag) {
    for (int t = 0; t + lag < n; ++t) {
        values[t] = values[t + lag] - values[t];
    }
    return n - lag;
}

/* The differences, to be freed. */
static Series differences(const Case* c, const Series* series) {
    Series w = {series->n, malloc(sizeof(double) * (size_t)series->n)};
    memcpy(w.values, series->values, sizeof(double) * (size_t)w.n);
    for (int k = 0; k < c->D; ++k) {
        w.n = subtract_lag(w.values, w.n, c->s);
    }
    for (int k = 0; k < c->d; ++k) {
        w.n = subtract_lag(w.values, w.n, 1);
    }
    return w;
}

static void read_cases(const char* path, Case* cases, int* count, int most) {
    FILE* file = fopen(path, "r");
    if (!file) {
        fail("cannot read the workloads");
    }
    for (*count = 0; *count < most; ++*count) {
        Case* c = &cases[*count];
        if (fscanf(file, " case %63s %d %d %d %d %d %d %d %d %d", c->name, &c->p, &c->d, &c->q, &c->P, &c->D,
                   &c->Q, &c->s, &c->mean, &c->count) != 10) {
            break;
        }
        c->series = malloc(sizeof(Series) * (size_t)c->count);
        for (int i = 0; i < c->count; ++i) {
            Series* series = &c->series[i];
            if (fscanf(file, "%d", &series->n) != 1) {
                fail("a series without a length");
            }
            series->values = malloc(sizeof(double) * (size_t)series->n);
            for (int t = 0; t < series->n; ++t) {
                if (fscanf(file, "%lf", &series->values[t]) != 1) {
                    fail("a series that ends early");
                }
            }
        }
    }
    fclose(file);
}

static void print_coefficients(const double* phi, int p, const double* theta, int q, const double* PHI, int P,
                               const double* THETA, int Q, const double* mean) {
    const char* comma = "";
    const double* groups[] = {phi, theta, PHI, THETA, mean};
    const int counts[] = {p, q, P, Q, mean != NULL};
    fprintf(answers, "\"coefficients\": [");
    for (int g = 0; g < 5; ++g) {
        for (int i = 0; i < counts[g]; ++i) {
            const double value = g == 1 || g == 3 ? -groups[g][i] : groups[g][i];
            if (isfinite(value)) {
                fprintf(answers, "%s%.17g", comma, value);
            } else {
                fprintf(answers, "%snull", comma);
            }
            comma = ", ";
        }
    }
    fprintf(answers, "]");
}

static void print_end(double llf, int retval) {
    if (isfinite(llf)) {
        fprintf(answers, ", \"llf\": %.17g", llf);
    }
    if (retval != 1) {
        fprintf(answers, ", \"failure\": \"ctsa's return value is %d\"", retval);
    }
    fprintf(answers, "}");
}

static void fit_plain(const Case* c, Series y) {
    const double start = now_ms();
    arima_object fit = arima_init(c->p, c->mean ? 0 : c->d, c->q, y.n);
    arima_exec(fit, y.values);
    fprintf(answers, "{\"ms\": %.6f, ", now_ms() - start);
    print_coefficients(fit->phi, c->p, fit->theta, c->q, NULL, 0, NULL, 0, c->mean ? &fit->mean : NULL);
    print_end(fit->loglik, fit->retval);
    arima_free(fit);
}

static void fit_seasonal(const Case* c, Series y) {
    const double start = now_ms();
    const int d = c->mean ? 0 : c->d;
    sarima_object fit = sarima_init(c->p, d, c->q, c->s, c->P, c->mean ? 0 : c->D, c->Q, y.n);
    sarima_exec(fit, y.values);
    fprintf(answers, "{\"ms\": %.6f, ", now_ms() - start);
    print_coefficients(fit->phi, c->p, fit->theta, c->q, fit->PHI, c->P, fit->THETA, c->Q,
                       c->mean ? &fit->mean : NULL);
    print_end(fit->loglik, fit->retval);
    sarima_free(fit);
}

static void answer_fit(const Case* c) {
    fprintf(answers, "{\"fits\": [");
    for (int i = 0; i < c->count; ++i) {
        fprintf(answers, i ? ", " : "");
        Series y = c->mean ? differences(c, &c->series[i]) : c->series[i];
        if (c->s > 1) {
            fit_seasonal(c, y);
        } else {
            fit_plain(c, y);
        }
        if (c->mean) {
            free(y.values);
        }
    }
    fprintf(answers, "]}\n");
}

/* Microseconds of one call, of many. */
static double time_likelihood(double (*function)(double*, int, void*), double* b, int count, void* object) {
    const int calls = 200;
    double best = HUGE_VAL;
    for (int round = 0; round < 3; ++round) {
        const double start = now_ms();
        for (int k = 0; k < calls; ++k) {
            function(b, count, object);
        }
        const double us = 1e3 * (now_ms() - start) / calls;
        best = us < best ? us : best;
    }
    return best;
}

/* ctsa's objective, algorithm AS 154, for one series at one set of coefficients (plus signs there). */
static double likelihood_us(const Case* c, const Series* series, double* b) {
    Series w = differences(c, series);
    const int d = c->mean ? 0 : c->d;
    const size_t bytes = sizeof(double) * (size_t)w.n;
    double us;
    if (c->s > 1) {
        /* ctsa's own order is that of the requests: ar, ma, seasonal ar, seasonal ma, mean. */
        alik_seas_object object = alik_seas_init(c->p, d, c->q, c->s, c->P, c->mean ? 0 : c->D, c->Q, w.n);
        memcpy(object->x + object->offset, w.values, bytes);
        memcpy(object->x + object->offset + 2 * w.n, w.values, bytes);
        us = time_likelihood(fas154_seas, b, object->pq, object);
        free_alik_seas(object);
    } else {
        alik_object object = alik_init(c->p, d, c->q, w.n);
        memcpy(object->x, w.values, bytes);
        memcpy(object->x + 2 * w.n, w.values, bytes);
        us = time_likelihood(fas154, b, object->pq, object);
        free_alik(object);
    }
    free(w.values);
    return us;
}

static void answer_likelihood(const Case* c, char* rest) {
    const int coefficients = c->p + c->q + c->P + c->Q + c->mean;
    double b[64];
    double sum = 0;
    for (int i = 0; i < c->count; ++i) {
        for (int k = 0; k < coefficients; ++k) {
            b[k] = strtod(rest, &rest);
        }
        sum += likelihood_us(c, &c->series[i], b);
    }
    fprintf(answers, "{\"us\": %.6f}\n", sum / c->count);
}

static void answer_select(const Case* c) {
    fprintf(answers, "{\"fits\": [");
    for (int i = 0; i < c->count; ++i) {
        const Series* series = &c->series[i];
        int most[] = {5, 2, 5};
        int seasonal_most[] = {2, 1, 2};
        const double start = now_ms();
        auto_arima_object fit = auto_arima_init(most, seasonal_most, c->s, 0, series->n);
        auto_arima_setSeasonal(fit, c->s > 1);
        auto_arima_exec(fit, series->values, NULL);
        fprintf(answers, "%s{\"ms\": %.6f, \"order\": \"(%d,%d,%d)", i ? ", " : "", now_ms() - start, fit->p,
                fit->d, fit->q);
        if (c->s > 1) {
            fprintf(answers, "(%d,%d,%d)%d", fit->P, fit->D, fit->Q, c->s);
        }
        fprintf(answers, "\"}");
        auto_arima_free(fit);
    }
    fprintf(answers, "]}\n");
}

int main(int argc, char** argv) {
    enum { most = 32 };
    static Case cases[most];
    static char line[1 << 20];
    int count;
    if (argc != 2) {
        fail("it takes one argument, the workloads");
    }
    read_cases(argv[1], cases, &count, most);
    answers = fdopen(dup(STDOUT_FILENO), "w");
    dup2(STDERR_FILENO, STDOUT_FILENO);
    fprintf(answers, "{\"version\": \"0.1.0\", \"settings\": \"CSS, then AS 154\", "
                     "\"can\": [\"fit\", \"likelihood\", \"select\"]}\n");
    fflush(answers);
    while (fgets(line, sizeof line, stdin)) {
        char command[16], name[64];
        int used = 0;
        const Case* c = NULL;
        if (sscanf(line, "%15s %63s%n", command, name, &used) == 2) {
            for (int i = 0; i < count; ++i) {
                c = strcmp(cases[i].name, name) ? c : &cases[i];
            }
        }
        if (!c) {
            fail("a request that names no case");
        }
        if (!strcmp(command, "fit")) {
            answer_fit(c);
        } else if (!strcmp(command, "likelihood")) {
            answer_likelihood(c, line + used);
        } else if (!strcmp(command, "select")) {
            answer_select(c);
        } else {
            fail("a request that it does not know");
        }
        fflush(answers);
    }
    return 0;
}
