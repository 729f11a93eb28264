namespace Odm.Engine.Optimization;

/// <summary>Learning rates as functions of the step, counted from 0, so that a resumed run needs no scheduler state.</summary>
public static class LearningRates
{
    /// <summary>The same at every step.</summary>
    public static double Constant(double rate, long step) => rate;

    /// <summary>
    /// The factor of a linear warm-up: 1/n at the first step, 1 from step n - 1 on; 1 throughout where n is 0. Multiply any other schedule
    /// by it.
    /// </summary>
    public static double WarmUp(long steps, long step) => steps <= 0 ? 1 : Math.Min(1, (step + 1.0) / steps);

    /// <summary>The rate times gamma for each milestone that is reached (torch.optim.lr_scheduler.MultiStepLR).</summary>
    public static double MultiStep(double rate, IReadOnlyList<long> milestones, double gamma, long step)
        => rate * Math.Pow(gamma, milestones.Count(m => m <= step));

    /// <summary>
    /// Half a cosine from the rate down to a minimum at <paramref name="steps"/>, and that minimum afterwards (Loshchilov and Hutter,
    /// arXiv:1608.03983, equation 5).
    /// </summary>
    public static double Cosine(double rate, double minimum, long steps, long step) =>
        minimum + (rate - minimum) * (1 + Math.Cos(Math.PI * Math.Min(step, steps) / steps)) / 2;
}
