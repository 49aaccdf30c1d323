# Makes golden.json: figures of R packages for data that are drawn here and written beside them.
#   Rscript tests/evaluate/golden/evaluate.R tests/evaluate/golden/golden.json
suppressMessages({library(pROC); library(psych); library(vcd); library(epiR); library(MASS)
                  library(ordinal); library(jsonlite)})
set.seed(20260501)
n <- 150
ill <- rbinom(n, 1, 0.4)
score <- round(rnorm(n) + 1.2 * ill, 1)
other <- round(score + rnorm(n), 1)
roc1 <- roc(ill, score, quiet = TRUE, direction = "<")
roc2 <- roc(ill, other, quiet = TRUE, direction = "<")
# Rates that no point of the curve has: where it is vertical, pROC gives several.
rates <- c(0.815, 0.895, 0.955)
between <- function(input, ret) coords(roc1, rates, input = input, ret = ret, transpose = FALSE)[[ret]]
cuts <- c(0.05, 0.55, 1.25)
at <- coords(roc1, cuts, input = "threshold", transpose = FALSE,
             ret = c("sensitivity", "specificity", "ppv", "npv", "youden"))
best <- coords(roc1, "best", best.method = "youden", transpose = FALSE, ret = c("threshold", "youden"))
test <- roc.test(roc1, roc2, method = "delong", paired = TRUE)

a <- sample(0:3, n, TRUE)
b <- ifelse(runif(n) < 0.7, a, sample(0:3, n, TRUE))
counts <- table(factor(a, 0:3), factor(b, 0:3))
k <- Kappa(counts, weights = "Equal-Spacing")
q <- Kappa(counts, weights = "Fleiss-Cohen")

x <- rnorm(60, 100, 20); y <- x + rnorm(60, 3, 8)
icc <- ICC(cbind(x, y), lmer = FALSE)$results
lin <- epi.ccc(x, y)$rho.c

tests <- epi.tests(as.table(matrix(c(80, 12, 20, 88), 2, byrow = TRUE)), digits = 4)
pick <- function(name) { r <- tests$detail[tests$detail$statistic == name, ]; c(r$est, r$lower, r$upper) }

volume <- round(rgamma(n, 0.8, scale = 0.12), 4)
grade <- cut(28 * volume + rlogis(n), c(-Inf, 0.5, 3, Inf), labels = FALSE) - 1
fit <- clm(factor(grade) ~ volume)

# Last, as it draws random numbers.
band <- ci.se(roc1, specificities = rates, boot.n = 10000, boot.stratified = FALSE,
              progress = "none")

versions <- sapply(c("pROC", "psych", "vcd", "epiR", "ordinal"),
                   function(p) as.character(packageVersion(p)))
out <- list(
  made = list(R = paste(R.version$major, R.version$minor, sep = "."), packages = as.list(versions)),
  auc = list(ill = ill, score = score, other = other, area = as.numeric(auc(roc1)),
             variance = var(roc1, method = "delong"), z = as.numeric(test$statistic),
             p = test$p.value, rates = rates, sensitivity = between("specificity", "sensitivity"),
             specificity = between("sensitivity", "specificity"),
             band_low = unname(band[, 1]), band_high = unname(band[, 3]),
             cuts = cuts, at = lapply(at, unname), best = as.list(best)),
  kappa = list(counts = unclass(counts), plain = k$Unweighted[["value"]],
               plain_error = k$Unweighted[["ASE"]], linear = k$Weighted[["value"]],
               linear_error = k$Weighted[["ASE"]], quadratic = q$Weighted[["value"]],
               quadratic_error = q$Weighted[["ASE"]]),
  agreement = list(x = x, y = y,
                   icc_a1 = unlist(icc[2, c("ICC", "lower bound", "upper bound")]),
                   icc_c1 = unlist(icc[3, c("ICC", "lower bound", "upper bound")]),
                   lin = unlist(lin)),
  ratios = list(lr_positive = pick("lr.pos"), lr_negative = pick("lr.neg"),
                odds_ratio = pick("diag.or")),
  mcnemar = list(p = mcnemar.test(matrix(c(40, 5, 14, 41), 2), correct = FALSE)$p.value),
  ordinal = list(volume = volume, grade = grade, slope = fit$beta[[1]],
                 thresholds = unname(fit$alpha), log_likelihood = as.numeric(logLik(fit)),
                 observed_error = coef(summary(fit))["volume", "Std. Error"])
)
write(toJSON(out, auto_unbox = TRUE, digits = NA, matrix = "rowmajor"),
      commandArgs(trailingOnly = TRUE)[1])
