# Makes methods.json: figures of R packages for data that are drawn here and written beside them.
#   Rscript tests/evaluate/golden/methods.R tests/evaluate/golden/methods.json
suppressMessages({library(coin); library(Hmisc); library(ordinal)
                  library(jsonlite)})
set.seed(20261127)

# Deming's line with equal errors is the first principal axis; its jackknife, patient by patient.
n <- 80
truth <- exp(rnorm(n, 4, 1))
x <- round(truth + rnorm(n, 0, 15), 1); y <- round(1.1 * truth - 5 + rnorm(n, 0, 15), 1)
axis <- function(x, y) {
  v <- prcomp(cbind(x, y))$rotation[, 1]; b <- v[[2]] / v[[1]]; c(mean(y) - b * mean(x), b) }
whole <- axis(x, y)
without <- sapply(seq_len(n), function(i) axis(x[-i], y[-i]))
error <- sqrt((n - 1) / n * rowSums((without - rowMeans(without))^2))
half <- qt(0.975, n - 2) * error

# Passing and Bablok by the letter of their paper: sorted slopes, the median shifted by K.
# Of whole tenths, as 0.3 - 0.2 is not 0.1 to a computer.
u <- round(10 * x); v <- round(10 * y)
s <- outer(v, v, "-") / outer(u, u, "-"); s <- s[upper.tri(s)]
s <- sort(s[!is.nan(s) & s != -1]); k <- sum(s < -1); big <- length(s)
width <- qnorm(0.975) * sqrt(n * (n - 1) * (2 * n + 5) / 18); m <- round((big - width) / 2)
mid <- if (big %% 2) s[(big + 1) / 2 + k] else tan(mean(atan(s[big / 2 + k + 0:1])))
ranks <- c(mid, s[m + k], s[big - m + 1 + k])

# Two raters and four categories.
a <- sample(0:3, 200, TRUE, c(.4, .3, .2, .1))
b <- pmin(3, ifelse(runif(200) < 0.75, a, a + rbinom(200, 1, .7)))
b <- ifelse(runif(200) < 0.9, b, sample(0:3, 200, TRUE))
counts <- table(factor(a, 0:3), factor(b, 0:3))
symmetry <- mcnemar.test(counts)
marginal <- mh_test(as.table(counts))

# Two scores and an event.
event <- rbinom(150, 1, 0.35)
old <- plogis(rnorm(150) + event); new <- plogis(qlogis(old) + 0.4 * rnorm(150) + 0.3 * event - 0.1)
nri <- improveProb(old, new, event)

# Grades by volume: a slope for each threshold, both kinds of errors, and the order of the grades.
volume <- round(runif(160, 0, 0.3), 4)
grade <- cut(12 * volume + rlogis(160), c(-Inf, 0.5, 3, Inf), labels = FALSE) - 1
equal <- summary(clm(factor(grade) ~ volume, control = list(gradTol = 1e-10)))$coefficients
free <- summary(clm(factor(grade) ~ 1, nominal = ~ volume,
                    control = list(gradTol = 1e-10)))$coefficients
order <- rcorr.cens(volume, grade)

versions <- sapply(c("coin", "Hmisc", "ordinal"),
                   function(p) as.character(packageVersion(p)))
out <- list(
  made = list(R = paste(R.version$major, R.version$minor, sep = "."), packages = as.list(versions)),
  lines = list(x = x, y = y,
               deming_slope = whole[2] + c(0, -1, 1) * half[2],
               deming_intercept = whole[1] + c(0, -1, 1) * half[1],
               ranks_slope = ranks,
               ranks_intercept = sapply(ranks[c(1, 3, 2)], function(b) median(y - b * x))),
  symmetry = list(counts = unclass(counts),
                  bowker = c(symmetry$statistic[[1]], symmetry$parameter[[1]], symmetry$p.value),
                  stuart_maxwell = c(statistic(marginal), marginal@statistic@df, pvalue(marginal))),
  nri = list(event = event, old = old, new = new, total = nri$nri[[1]], z = nri$z.nri[[1]],
             events = nri$nri.ev[[1]], others = nri$nri.ne[[1]]),
  ordinal = list(volume = volume, grade = grade, observed = unname(equal[, "Std. Error"]),
                 values = unname(equal[, "Estimate"]), free = -unname(free[3:4, "Estimate"]),
                 free_error = unname(free[3:4, "Std. Error"]),
                 somers = order[["Dxy"]], somers_error = order[["S.D."]])
)
write(toJSON(out, auto_unbox = TRUE, digits = NA, matrix = "rowmajor"),
      commandArgs(trailingOnly = TRUE)[1])
