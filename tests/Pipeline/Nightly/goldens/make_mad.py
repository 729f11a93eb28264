"""The scale of ChangeRuleTests: SciPy's median absolute deviation, scaled to the standard deviation of normal values (Debian's python3-scipy)."""
from scipy.stats import median_abs_deviation

for values in ([3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5], [.2, -.1, .7, 1.9, -2.4, .3, .31, .29, -.5, .1, .05, 8]):
    print(repr(float(median_abs_deviation(values, scale="normal"))))
