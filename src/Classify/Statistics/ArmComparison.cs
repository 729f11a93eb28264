using Odm.Classify.Metrics;

namespace Odm.Classify.Statistics;

/// <summary>
/// All arms of a study against its baseline, on the same test images: differences, intervals, tests and verdicts
/// (docs/decisions/statistics.md).
/// </summary>
public sealed record ArmComparison
{
    /// <summary>Every other arm in every metric, in the order of arms and metrics.</summary>
    public required IReadOnlyList<Contrast> Contrasts { get; init; }

    /// <summary>Test images.</summary>
    public required int Images { get; init; }

    /// <summary>Their groups (patients, lesions, sequences); as many as images where each is one of its own.</summary>
    public required int Groups { get; init; }

    /// <summary>Seeds of each arm.</summary>
    public required int Seeds { get; init; }

    /// <summary>Metric that the comparison decides by; the others are secondary.</summary>
    public required string Primary { get; init; }

    /// <summary>Tests of all metrics.</summary>
    public int Tests => Contrasts.Count(c => c.P is not null);

    /// <summary>Those of the primary metric, one an arm: Holm's correction counts them alone.</summary>
    public int PrimaryTests => Contrasts.Count(c => c.P is not null && IsPrimary(c));

    /// <summary>Whether a contrast is of the primary metric of the whole set.</summary>
    public bool IsPrimary(Contrast contrast) => contrast is { Label: "" } && contrast.Metric == Primary;

    /// <summary>Compares classifiers.</summary>
    /// <param name="arms">Each arm's predictions of the same images, one a seed, the same seeds in the same order.</param>
    /// <param name="baseline">Name of the arm that the others are compared with.</param>
    /// <param name="classes">Class names in the order of the indices.</param>
    /// <param name="config">Replicates, permutations, level, seed.</param>
    /// <param name="own">The arm that an arm is compared with instead; null where it is the baseline.</param>
    /// <param name="cancel">Looked at before each step.</param>
    /// <exception cref="ArgumentException">Arms differ in seeds or images.</exception>
    public static ArmComparison Of(IReadOnlyList<(string Arm, IReadOnlyList<Predictions> Seeds)> arms, string baseline,
        IReadOnlyList<string> classes, ComparisonConfig? config = null, Func<string, string?>? own = null,
            CancellationToken cancel = default)
        => Between([.. arms.Select(a => (a.Arm,
            (IReadOnlyList<IScoredPredictions>)[.. a.Seeds.Select(p => new ScoredClasses(p, classes))]))], baseline, own,
                Named(config, PrimaryMetric.OfClasses), cancel);

    /// <summary>Compares segmenters.</summary>
    /// <param name="arms">Each arm's masks of the same images, one a seed, the same seeds in the same order.</param>
    /// <param name="baseline">Name of the arm that the others are compared with.</param>
    /// <param name="empty">What an image counts in which neither mask has a pixel.</param>
    /// <param name="config">Replicates, permutations, level, seed.</param>
    /// <param name="own">The arm that an arm is compared with instead; null where it is the baseline.</param>
    /// <param name="cancel">Looked at before each step.</param>
    /// <exception cref="ArgumentException">Arms differ in seeds or images.</exception>
    public static ArmComparison Of(IReadOnlyList<(string Arm, IReadOnlyList<MaskPredictions> Seeds)> arms, string baseline,
        EmptyMask empty = EmptyMask.One, ComparisonConfig? config = null, Func<string, string?>? own = null,
            CancellationToken cancel = default)
        => Between([.. arms.Select(a => (a.Arm, (IReadOnlyList<IScoredPredictions>)[.. a.Seeds.Select(p => new ScoredMasks(p, empty))]))],
            baseline, own, Named(config, PrimaryMetric.OfMasks), cancel);

    private static ComparisonConfig Named(ComparisonConfig? config, IReadOnlyList<string> allowed)
    {
        var named = config?.Primary ?? allowed[0];
        return allowed.Contains(named, StringComparer.Ordinal) ? (config ?? new()) with { Primary = named }
            : throw new ArgumentException($"primary metric {named}; must be one of {string.Join(", ", allowed)}", nameof(config));
    }

    private static ArmComparison Between(IReadOnlyList<(string Arm, IReadOnlyList<IScoredPredictions> Seeds)> arms, string baseline,
        Func<string, string?>? own, ComparisonConfig config, CancellationToken cancel)
    {
        var reference = arms.FirstOrDefault(a => a.Arm == baseline).Seeds
            ?? throw new ArgumentException($"{baseline} is not one of the arms", nameof(baseline));
        foreach (var (arm, seeds) in arms)
        {
            if (seeds.Count != reference.Count || seeds.Any(s => !s.Ids.SequenceEqual(reference[0].Ids, StringComparer.Ordinal)))
            {
                throw new ArgumentException($"{arm}: {seeds.Count} seeds on {seeds.FirstOrDefault()?.Ids.Count ?? 0} images; expected "
                    + $"the {reference.Count} seeds and {reference[0].Ids.Count} images of {baseline}, in one order");
            }
        }
        var scorers = arms.Select(a => a.Seeds.Select(s => s.Scorer()).ToArray()).ToArray();
        var resampled = Resampled.Of(scorers, config, cancel);
        var at = Place(baseline);
        var secondary = scorers[0][0].Keys.Count(k => k.Label.Length == 0) - 1; // the larger of Holm's two families, of an arm
        var permutations = Math.Max(config.Permutations, 100 * (arms.Count - 1) * secondary - 1);
        int[] against = [.. arms.Select((a, i) => i != at && own?.Invoke(a.Arm) is { } other ? Place(other) : at)];
        var contrasts = new Contrast[arms.Count][];
        Parallel.For(0, arms.Count, new ParallelOptions { CancellationToken = cancel }, a => contrasts[a] = a == at ? []
            : [.. PairTests.Of(arms[a].Arm, arms[a].Seeds, arms[against[a]].Seeds, resampled.Differences(a, against[a], config),
                config with { Permutations = permutations }, cancel)]);
        return new()
        {
            Contrasts = Judge([.. contrasts.SelectMany(c => c)], config),
            Primary = config.Primary!,
            Images = reference[0].Ids.Count,
            Groups = scorers[0][0].Groups.Count,
            Seeds = reference.Count
        };

        int Place(string name) => arms.ToList().FindIndex(a => a.Arm == name) is >= 0 and var i ? i
            : throw new ArgumentException($"{name} is not one of the arms", nameof(own));
    }

    // the corrected test and the interval must say the same, so that a shift of ranks is not taken for one of means
    private static Contrast[] Judge(Contrast[] contrasts, ComparisonConfig config)
    {
        var adjusted = new Dictionary<Contrast, double>(ReferenceEqualityComparer.Instance);
        foreach (var family in contrasts.Where(c => c.P is not null).GroupBy(c => c.Metric == config.Primary))
        {
            Contrast[] tested = [.. family];
            foreach (var (contrast, p) in tested.Zip(Holm.Adjust([.. tested.Select(c => c.P!.Value)])))
            {
                adjusted[contrast] = p;
            }
        }
        return [.. contrasts.Select(c => adjusted.TryGetValue(c, out var p) ? c with { PHolm = p, Verdict = Of(c, p) } : c)];

        Verdict Of(Contrast c, double p)
        {
            var shown = p <= 1 - config.Level && (c.Low > 0 || c.High < 0);
            return !shown ? Verdict.NotDistinguishable : c.Difference > 0 != Contrast.LowerIsBetter(c.Metric) ? Verdict.Better
                : Verdict.Worse;
        }
    }
}
