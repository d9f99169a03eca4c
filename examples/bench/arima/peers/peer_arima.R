# Fits bench_arima's series with R's arima(); arima_peers.cpp describes the conversation.
# Rscript peer_arima.R WORKLOADS METHOD
#
# The differenced series are fitted, so that the likelihood is exact: R gives integrated models a diffuse
# start.

arguments <- commandArgs(TRUE)
method <- arguments[2]
has_forecast <- suppressPackageStartupMessages(requireNamespace("forecast", quietly = TRUE))

read_cases <- function(path) {
    lines <- strsplit(readLines(path), " ", fixed = TRUE)
    cases <- list()
    at <- 1
    while (at <= length(lines)) {
        fields <- lines[[at]]
        numbers <- as.integer(fields[3:11])
        count <- numbers[9]
        cases[[fields[2]]] <- list(
            order = numbers[1:3], seasonal = numbers[4:6], season = numbers[7], mean = numbers[8] == 1,
            series = lapply(lines[at + seq_len(count)], function(line) as.numeric(line[-1]))
        )
        at <- at + count + 1
    }
    cases
}

differences <- function(case, x) {
    if (case$seasonal[2] > 0) x <- diff(x, lag = case$season, differences = case$seasonal[2])
    if (case$order[2] > 0) x <- diff(x, differences = case$order[2])
    x
}

milliseconds <- function(start) 1000 * as.numeric(difftime(Sys.time(), start, units = "secs"))

numbers <- function(x) {
    paste0(ifelse(is.finite(x), formatC(x, digits = 17, format = "g", width = 1), "null"), collapse = ", ")
}

quoted <- function(text) paste0("\"", gsub("[\"\\\\\n]", " ", text), "\"")

fit_one <- function(case, x) {
    w <- differences(case, x)
    order <- c(case$order[1], 0, case$order[3])
    seasonal <- list(order = c(case$seasonal[1], 0, case$seasonal[3]), period = max(case$season, 1))
    start <- Sys.time()
    fit <- tryCatch(
        suppressWarnings(
            arima(w, order = order, seasonal = seasonal, include.mean = case$mean, method = method)
        ),
        error = function(e) conditionMessage(e)
    )
    ms <- milliseconds(start)
    if (is.character(fit)) {
        return(sprintf("{\"ms\": %.6f, \"coefficients\": [], \"failure\": %s}", ms, quoted(fit)))
    }
    failure <- if (fit$code == 0) "" else paste("optim's code is", fit$code)
    sprintf("{\"ms\": %.6f, \"coefficients\": [%s], \"llf\": %s, \"failure\": %s}", ms, numbers(coef(fit)),
            numbers(fit$loglik), quoted(failure))
}

select_one <- function(case, x) {
    x <- ts(x, frequency = max(case$season, 1))
    start <- Sys.time()
    fit <- suppressWarnings(forecast::auto.arima(x))
    ms <- milliseconds(start)
    a <- fit$arma
    order <- sprintf("(%d,%d,%d)", a[1], a[6], a[2])
    if (case$season > 1) order <- sprintf("%s(%d,%d,%d)%d", order, a[3], a[7], a[4], a[5])
    sprintf("{\"ms\": %.6f, \"order\": %s}", ms, quoted(order))
}

say <- function(line) {
    cat(line, "\n", sep = "")
    flush(stdout())
}

cases <- read_cases(arguments[1])
can <- if (has_forecast && method == "ML") "[\"fit\", \"select\"]" else "[\"fit\"]"
settings <- paste0("method=\"", method, "\", differenced first")
if (has_forecast && method == "ML") {
    settings <- paste0(settings, "; auto.arima of forecast ", packageVersion("forecast"))
}
say(sprintf("{\"version\": %s, \"settings\": \"%s\", \"can\": %s}", quoted(as.character(getRversion())),
            gsub("\"", "'", settings), can))
requests <- file("stdin", "r")
while (length(line <- readLines(requests, 1)) > 0) {
    request <- strsplit(line, " ", fixed = TRUE)[[1]]
    case <- cases[[request[2]]]
    one <- switch(request[1], fit = fit_one, select = select_one, stop("unknown request ", line))
    answers <- vapply(case$series, function(x) one(case, x), "")
    say(paste0("{\"fits\": [", paste(answers, collapse = ", "), "]}"))
}
