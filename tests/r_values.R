# Makes the values from R that the tests compare with: tests/golden/r_arima.json.
#
# Run it by hand when a value is added, and commit what it writes. It needs R with the packages jsonlite and
# forecast (Debian: r-base-core r-cran-jsonlite r-cran-forecast); the versions used stand in the file:
#
#     Rscript tests/r_values.R
#
# Moving-average coefficients have R's signs, which are statsmodels' (1 + theta B + ...). Coefficients are in
# R's order: ar, ma, sar, sma, then the regressors ("intercept" is the mean). A missing value is null.

suppressPackageStartupMessages({
    library(jsonlite)
    library(forecast)
})

script <- sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE))
folder <- file.path(dirname(normalizePath(script)), "golden")

# ---- series ----

published <- function(name, source, transform = "none") {
    x <- get(name, envir = as.environment("package:datasets"))
    list(frequency = frequency(x), transform = transform, source = source, values = as.numeric(x))
}

series <- list(
    AirPassengers = published("AirPassengers", "Box, Jenkins, Reinsel (1976), series G; R datasets", "log"),
    LakeHuron = published("LakeHuron", "Brockwell, Davis (1991), series A; R datasets"),
    Nile = published("Nile", "Durbin, Koopman (2001), annual flow at Aswan; R datasets"),
    USAccDeaths = published("USAccDeaths", "Brockwell, Davis (1991), accidental deaths; R datasets"),
    WWWusage = published("WWWusage", "Durbin, Koopman (2001), users of an Internet server; R datasets"),
    lynx = published("lynx", "Campbell, Walker (1977), Canadian lynx trappings; R datasets", "log10"),
    nottem = published("nottem", "Anderson (1976), temperatures at Nottingham; R datasets"),
    presidents = published("presidents", "Gallup polls in McNeil (1977); R datasets"),
    sunspot.year = published("sunspot.year", "Tong (1996), yearly sunspots 1700-1988; R datasets"),
    UKgas = published("UKgas", "Durbin, Koopman (2001), quarterly gas consumption; R datasets", "log")
)

observations <- function(name) {
    s <- series[[name]]
    x <- switch(s$transform, none = s$values, log = log(s$values), log10 = log10(s$values))
    ts(x, frequency = s$frequency)
}

# ---- values ----

plain <- function(x) as.list(setNames(as.numeric(x), names(x)))

# arima() of one series, with or without fixed coefficients; tight enough that its optimum is good to about
# 1e-6 (its gradients are differences).
estimate <- function(case, method, fixed = NULL) {
    coefficients <- length(case$fixed)
    arguments <- list(
        x = if (is.null(case$values)) observations(case$series) else case$values,
        order = case$order, method = method,
        seasonal = list(order = case$seasonal_order[1:3], period = max(case$seasonal_order[4], 1)),
        include.mean = isTRUE(case$mean), xreg = case$xreg, SSinit = "Rossignol2011",
        optim.control = list(reltol = 1e-16, maxit = 2000, ndeps = rep(1e-5, coefficients))
    )
    if (!is.null(fixed)) {
        arguments <- c(arguments, list(fixed = fixed, transform.pars = FALSE))
    }
    do.call(arima, arguments)
}

# CSS as R defines it: residuals are zero up to d + sD + p + sP, sigma2 divides by the number that remain, and
# its log-likelihood is -n/2 (1 + log(2 pi sigma2)) with the n of nobs.
at_fixed <- function(case) {
    css <- estimate(case, "CSS", case$fixed)
    ml <- estimate(case, "ML", case$fixed)
    list(
        coefficients = case$fixed,
        css = list(sigma2 = css$sigma2, loglik = css$loglik, nobs = css$nobs,
                   sum_of_squares = sum(residuals(css)^2, na.rm = TRUE),
                   last_residuals = as.numeric(tail(residuals(css), 8))),
        ml = list(sigma2 = ml$sigma2, loglik = ml$loglik, nobs = ml$nobs)
    )
}

# The same model of the series differenced beforehand: without the diffuse start that R gives integrated
# models, this is the exact likelihood of the differences.
differenced <- function(case) {
    x <- observations(case$series)
    seasonal <- case$seasonal_order
    if (seasonal[2] > 0) x <- diff(x, lag = seasonal[4], differences = seasonal[2])
    if (case$order[2] > 0) x <- diff(x, differences = case$order[2])
    case$order[2] <- 0
    case$seasonal_order[2] <- 0
    case$values <- x
    case
}

optimum <- function(case, method) {
    fit <- estimate(case, method)
    values <- list(coefficients = plain(coef(fit)), sigma2 = fit$sigma2, loglik = fit$loglik, code = fit$code,
                   se = plain(sqrt(diag(vcov(fit)))))
    if (method == "ML" && is.null(case$values)) {
        ahead <- predict(fit, n.ahead = 12, newxreg = case$next_xreg)
        values <- c(values, list(
            aic = fit$aic, forecast = list(mean = as.numeric(ahead$pred), se = as.numeric(ahead$se))
        ))
    }
    values
}

none <- c(0, 0, 0, 0)
cases <- list(
    list(name = "airline", series = "AirPassengers", order = c(0, 1, 1), seasonal_order = c(0, 1, 1, 12),
         fixed = c(-0.4, -0.55)),
    list(name = "deaths", series = "USAccDeaths", order = c(0, 1, 1), seasonal_order = c(0, 1, 1, 12),
         fixed = c(-0.5, -0.6)),
    list(name = "lake_arma", series = "LakeHuron", order = c(1, 0, 1), seasonal_order = none, mean = TRUE,
         fixed = c(0.7, 0.3, 579)),
    list(name = "lake_trend", series = "LakeHuron", order = c(2, 0, 0), seasonal_order = none, mean = TRUE,
         xreg = cbind(year = 1:98), next_xreg = cbind(year = 99:110), fixed = c(1, -0.3, 580, -0.02)),
    list(name = "nile", series = "Nile", order = c(0, 1, 1), seasonal_order = none, fixed = -0.7),
    list(name = "presidents", series = "presidents", order = c(3, 0, 0), seasonal_order = none, mean = TRUE,
         fixed = c(0.7, 0.2, -0.1, 56)),
    list(name = "presidents_seasonal", series = "presidents", order = c(1, 0, 0),
         seasonal_order = c(1, 0, 0, 4), mean = TRUE, fixed = c(0.8, 0.2, 56)),
    list(name = "www", series = "WWWusage", order = c(3, 1, 0), seasonal_order = none,
         fixed = c(1.1, -0.6, 0.3)),
    list(name = "lynx", series = "lynx", order = c(2, 0, 2), seasonal_order = none, mean = TRUE,
         fixed = c(1.3, -0.7, -0.1, -0.2, 2.9)),
    list(name = "nottem", series = "nottem", order = c(1, 0, 0), seasonal_order = c(2, 1, 0, 12),
         fixed = c(0.3, -0.8, -0.3))
)

case_values <- function(case) {
    message(case$name)
    described <- list(name = case$name, series = case$series, order = case$order,
                      seasonal_order = case$seasonal_order, mean = isTRUE(case$mean))
    if (!is.null(case$xreg)) {
        described$regressors <- colnames(case$xreg) # "year" counts 1, 2, ...
    }
    values <- list(fixed = at_fixed(case), ml = optimum(case, "ML"), css = optimum(case, "CSS"),
                   css_ml = optimum(case, "CSS-ML"))
    if (case$order[2] + case$seasonal_order[2] > 0) {
        flat <- differenced(case)
        values$fixed_differenced <- at_fixed(flat)$ml
        values$ml_differenced <- optimum(flat, "ML")
    }
    c(described, values)
}

automatic <- function(name, ...) {
    message("auto.arima ", name)
    fit <- auto.arima(observations(name), ...)
    list(series = name, order = unname(fit$arma[c(1, 6, 2)]),
         seasonal_order = unname(fit$arma[c(3, 7, 4, 5)]), coefficients = plain(coef(fit)),
         aicc = fit$aicc, loglik = fit$loglik)
}

orders <- function(...) {
    names <- c("AirPassengers", "LakeHuron", "Nile", "USAccDeaths", "WWWusage", "lynx", "presidents",
               "sunspot.year", "UKgas", "nottem")
    lapply(names, automatic, ...)
}

# Automatic orders with regressors, which the file holds row by row. BJsales.lead leads sales by three steps;
# the regressors of presidents are a yearly cycle, its gaps stay; "year" is constant once differenced.
sales <- 4:150
regressions <- list(
    list(name = "BJsales", x = ts(as.numeric(datasets::BJsales)[sales]),
         xreg = cbind(lead = as.numeric(datasets::BJsales.lead)[sales - 3])),
    list(name = "drivers", x = log10(datasets::Seatbelts[, "drivers"]),
         xreg = cbind(petrol = as.numeric(datasets::Seatbelts[, "PetrolPrice"]),
                      law = as.numeric(datasets::Seatbelts[, "law"]))),
    list(name = "LakeHuron", x = observations("LakeHuron"), xreg = cbind(year = 1875:1972)),
    list(name = "presidents", x = observations("presidents"),
         xreg = cbind(cosine = cos(2 * pi * (1:120) / 16), sine = sin(2 * pi * (1:120) / 16)))
)

regression <- function(case, ...) {
    message("auto.arima ", case$name, " with regressors")
    fit <- auto.arima(case$x, xreg = case$xreg, approximation = FALSE, ...)
    list(name = case$name, frequency = frequency(case$x), values = as.numeric(case$x),
         names = I(colnames(case$xreg)), xreg = as.numeric(t(case$xreg)),
         order = unname(fit$arma[c(1, 6, 2)]), seasonal_order = unname(fit$arma[c(3, 7, 4, 5)]),
         coefficients = plain(coef(fit)), aicc = fit$aicc, loglik = fit$loglik)
}

differences <- lapply(names(series), function(name) {
    x <- observations(name)
    list(series = name, ndiffs = ndiffs(x), nsdiffs = if (frequency(x) > 1) nsdiffs(x) else 0)
})

weights <- list(
    list(ar = c(0.5, 0.2), ma = I(0.4), psi = ARMAtoMA(c(0.5, 0.2), 0.4, 12)),
    list(ar = c(1.2, -0.5), ma = c(-0.3, 0.25, 0.1), psi = ARMAtoMA(c(1.2, -0.5), c(-0.3, 0.25, 0.1), 12))
)

document <- list(
    made_by = "tests/r_values.R",
    versions = list(R = as.character(getRversion()), forecast = as.character(packageVersion("forecast"))),
    series = series,
    cases = lapply(cases, case_values),
    auto_arima = orders(),
    auto_arima_exact = orders(approximation = FALSE),
    auto_arima_regressors = lapply(regressions, regression),
    differences = differences,
    psi_weights = weights
)

# One line for each series and case: a readable difference when one changes.
line <- function(value) toJSON(value, auto_unbox = TRUE, digits = 14, na = "null", null = "null")
section <- function(name) {
    value <- document[[name]]
    if (name %in% c("made_by", "versions")) return(paste0(' "', name, '": ', line(value)))
    if (!is.null(names(value))) {
        keys <- vapply(names(value), line, "")
        members <- paste0(keys, ": ", vapply(value, line, ""), collapse = ",\n  ")
        return(paste0(' "', name, '": {\n  ', members, "\n }"))
    }
    paste0(' "', name, '": [\n  ', paste0(vapply(value, line, ""), collapse = ",\n  "), "\n ]")
}
path <- file.path(folder, "r_arima.json")
writeLines(paste0("{\n", paste(vapply(names(document), section, ""), collapse = ",\n"), "\n}"), path)
message(path, ": ", file.size(path), " bytes")
