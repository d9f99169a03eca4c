"""The exact Gaussian likelihood of a stationary ARMA model from its covariance matrix, with derivatives.

It checks statsmodels' likelihood, and gives the derivatives: those that statsmodels takes by complex steps
were found good to seven digits only where there are two or more AR coefficients.
"""

import numpy as np


def polynomial(coefficients, seasonal, period, sign):
    """Coefficients of (1 + sign * sum c_i B^i)(1 + sign * sum C_j B^(j period))."""
    plain = np.concatenate([[1.0], sign * np.asarray(coefficients)])
    spread = np.zeros(period * len(seasonal) + 1, dtype=plain.dtype)
    spread[0] = 1.0
    if period:
        spread[period::period] = sign * np.asarray(seasonal)
    return np.convolve(plain, spread)


def autocovariances(phi, theta, count):
    """Of phi(B) w = theta(B) e with unit variance of e, lags 0 to count - 1; analytic in all."""
    p, q = len(phi) - 1, len(theta) - 1
    psi = np.zeros(q + 1, dtype=theta.dtype)
    for j in range(q + 1):
        psi[j] = theta[j] - sum(phi[i] * psi[j - i] for i in range(1, min(j, p) + 1))
    right = np.zeros(max(p, q) + 1, dtype=theta.dtype)
    for k in range(q + 1):
        right[k] = sum(theta[j] * psi[j - k] for j in range(k, q + 1))
    system = np.zeros((p + 1, p + 1), dtype=phi.dtype)
    for k in range(p + 1):
        for i in range(p + 1):
            system[k, abs(k - i)] += phi[i]
    gamma = np.zeros(max(count, p + 1), dtype=phi.dtype)
    gamma[: p + 1] = np.linalg.solve(system, right[: p + 1])
    for k in range(p + 1, len(gamma)):
        gamma[k] = (right[k] if k < len(right) else 0) - sum(
            phi[i] * gamma[k - i] for i in range(1, p + 1)
        )
    return gamma[:count]


class Likelihood:
    """Of w, with regressors; `orders` is (p, q, P, Q, s).

    Parameters: regressors, ar, ma, seasonal ar, seasonal ma, sigma2.
    """

    def __init__(self, w, regressors, orders):
        self.w = np.asarray(w, dtype=float)
        self.regressors = np.zeros((len(w), 0)) if regressors is None else np.asarray(regressors)
        self.orders = orders
        self.present = np.flatnonzero(~np.isnan(self.w))

    def of_each(self, params):
        """The log-density of each value given those before it, by an unpivoted LDL' of the covariances."""
        p, q, sp, sq, s = self.orders
        beta, ar, ma, sar, sma, sigma2 = np.split(
            np.asarray(params), np.cumsum([self.regressors.shape[1], p, q, sp, sq])
        )
        phi = polynomial(ar, sar, s, -1.0)
        theta = polynomial(ma, sma, s, 1.0)
        gamma = sigma2[0] * autocovariances(phi, theta, len(self.w))
        at = self.present
        rest = gamma[np.abs(at[:, None] - at[None, :])]
        error = (self.w - self.regressors @ beta)[at]
        values = np.zeros(len(at), dtype=rest.dtype)
        for t in range(len(at)):
            pivot = rest[t, t]
            values[t] = -0.5 * (np.log(2 * np.pi) + np.log(pivot) + error[t] ** 2 / pivot)
            column = rest[t + 1 :, t] / pivot
            error[t + 1 :] -= column * error[t]
            rest[t + 1 :, t + 1 :] -= np.outer(column, rest[t, t + 1 :])
        return values

    def loglike(self, params):
        return float(np.sum(self.of_each(params)))

    def score_of_each(self, params):
        """By complex steps: nothing above conjugates or takes an absolute value."""
        params = np.asarray(params, dtype=float)
        columns = []
        for i in range(len(params)):
            moved = params.astype(complex)
            moved[i] += 1e-30j
            columns.append(self.of_each(moved).imag / 1e-30)
        return np.column_stack(columns)

    def score(self, params):
        return self.score_of_each(params).sum(axis=0)

    def hessian(self, params):
        """Central differences of the score."""
        columns = []
        for i, value in enumerate(params):
            step = np.zeros(len(params))
            step[i] = 1e-5 * max(abs(value), 1e-2)
            columns.append((self.score(params + step) - self.score(params - step)) / (2 * step[i]))
        return (np.array(columns) + np.array(columns).T) / 2

    def bse(self, params):
        """Standard errors from the observed information, and from the outer product of gradients."""
        each = self.score_of_each(params)
        return [np.sqrt(np.diag(np.linalg.inv(m))) for m in (-self.hessian(params), each.T @ each)]
