# Makes the values from R that the tests of runtime/series compare with: tests/golden/r_series.json.
#
# Run it by hand when a value is added, and commit what it writes. It needs R with the packages jsonlite and
# forecast (Debian: r-base-core r-cran-jsonlite r-cran-forecast); the versions used stand in the file:
#
#     Rscript tests/r_series_values.R
#
# "series" holds the observations. nsdiffs and ocsb.test are given for seasonal series only.

suppressPackageStartupMessages({
    library(jsonlite)
    library(forecast)
})

script <- sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE))
folder <- file.path(dirname(normalizePath(script)), "golden")

# ---- series ----

set.seed(1)
simulated <- function(values, frequency) ts(round(values, 3), frequency = frequency)
weeks <- rep(c(5, 1, 0, 0, 2, 9, 8), 9)

series <- list(
    AirPassengers = AirPassengers,
    LakeHuron = LakeHuron,
    Nile = Nile,
    USAccDeaths = USAccDeaths,
    WWWusage = WWWusage,
    JohnsonJohnson = JohnsonJohnson,
    UKgas = UKgas,
    noise = simulated(rnorm(60), 12),
    walk = simulated(cumsum(rnorm(80)), 4),
    twice_integrated = simulated(cumsum(cumsum(rnorm(80))), 1),
    weekly = simulated(weeks + rnorm(63), 7),
    weekly_weak = simulated(0.3 * weeks + 4 * rnorm(63), 7),
    seasonal_walk = simulated(as.numeric(filter(rnorm(60), c(0, 0, 0, 1), "recursive")), 4),
    with_gaps = ts(replace(as.numeric(LakeHuron), c(3, 40, 41), NA)),
    short = simulated(rnorm(9), 4),
    two_periods = simulated(rnorm(24), 12)
)

constant_cases <- list(
    constant = ts(rep(7.5, 20), frequency = 4),
    line = ts(0.1 * (1:30) + 2),
    parabola = ts((1:30)^2 / 7),
    repeating = ts(rep(c(1.5, 4, 2, 8), 8), frequency = 4),
    repeating_line = ts(rep(c(1.5, 4, 2, 8), 8) + 0.3 * (1:32), frequency = 4),
    steps = ts(rep(c(0, 5), c(10, 10)))
)

# ---- values ----

differences <- function(name) {
    x <- series[[name]]
    result <- list(series = name, period = frequency(x), values = as.numeric(x),
                   ndiffs = ndiffs(x), ndiffs_one_percent = ndiffs(x, alpha = 0.01))
    if (frequency(x) == 1) return(result)
    strong <- length(x) > 2 * frequency(x)
    result$nsdiffs <- suppressWarnings(nsdiffs(x))
    result$nsdiffs_two <- suppressWarnings(nsdiffs(x, max.D = 2))
    result$nsdiffs_ocsb <- suppressWarnings(nsdiffs(x, test = "ocsb"))
    if (strong) result$strength <- forecast:::seas.heuristic(x)
    ocsb <- tryCatch(ocsb.test(x, lag.method = "AIC", maxlag = 3), error = function(e) NULL)
    if (!is.null(ocsb) && strong) {
        result$ocsb <- list(statistic = unname(ocsb$statistics), critical = ocsb$critical,
                            lag_order = ocsb$lag.order)
    }
    result
}

constant <- function(name) {
    x <- constant_cases[[name]]
    fit <- suppressWarnings(auto.arima(x))
    value <- coef(fit)
    list(series = name, period = frequency(x), values = as.numeric(x), d = fit$arma[6], D = fit$arma[7],
         others = sum(fit$arma[1:4]), coefficients = as.list(value))
}

stl_values <- function(name, ...) {
    x <- series[[name]]
    parts <- stl(x, ...)
    list(series = name, period = frequency(x), options = list(...), seasonal = as.numeric(seasonal(parts)),
         trend = as.numeric(trendcycle(parts)), weights = parts$weights)
}

document <- list(
    made_by = "tests/r_series_values.R",
    versions = list(R = as.character(getRversion()), forecast = as.character(packageVersion("forecast"))),
    differences = lapply(names(series), differences),
    constant = lapply(names(constant_cases), constant),
    stl = list(
        stl_values("UKgas", s.window = 11),
        stl_values("weekly", s.window = 7, robust = TRUE)
    )
)

line <- function(value) toJSON(value, auto_unbox = TRUE, digits = 15, na = "null", null = "null")
section <- function(name) {
    value <- document[[name]]
    if (name %in% c("made_by", "versions")) return(paste0(' "', name, '": ', line(value)))
    paste0(' "', name, '": [\n  ', paste0(vapply(value, line, ""), collapse = ",\n  "), "\n ]")
}
path <- file.path(folder, "r_series.json")
writeLines(paste0("{\n", paste(vapply(names(document), section, ""), collapse = ",\n"), "\n}"), path)
message(path, ": ", file.size(path), " bytes")
