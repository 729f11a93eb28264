using System.Globalization;
using System.Text.Json.Serialization;
using Odm.Engine.Runtime;

namespace Odm.Classify.Losses;

/// <summary>What a classifier minimises.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<LossKind>))]
public enum LossKind
{
    /// <summary>-log p_y.</summary>
    CrossEntropy,

    /// <summary>-(1 - p_y)^γ log p_y (Lin et al. 2017).</summary>
    Focal,

    /// <summary>Focal loss under class-balanced weights (Cui et al. 2019).</summary>
    CbFocal,

    /// <summary>Cross-entropy of the logits plus τ log π (Menon et al. 2021).</summary>
    LogitAdjustment,
}

/// <summary>How cross-entropy weighs the classes.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ClassWeighting>))]
public enum ClassWeighting
{
    /// <summary>All alike.</summary>
    None,

    /// <summary>By n / (C n_c).</summary>
    Inverse,

    /// <summary>By (1 - β) / (1 - β^n_c), scaled to the sum C (Cui et al. 2019).</summary>
    Effective,
}

/// <summary>
/// <c>loss</c> of a classifier or of an arm: a kind, also as a bare word, and its parameters. Formulas: docs/imbalance.md.
/// </summary>
public sealed record LossConfig
{
    /// <summary><c>cross_entropy</c>, <c>focal</c>, <c>cb_focal</c> or <c>logit_adjustment</c>.</summary>
    public LossKind Kind { get; init; }

    /// <summary>Weights of cross_entropy: <c>none</c> (the default), <c>inverse</c> or <c>effective</c>.</summary>
    public ClassWeighting? Weights { get; init; }

    /// <summary>β of the effective number, 0 up to, not including, 1; .9999 by default (Cui et al. 2019).</summary>
    public double? Beta { get; init; }

    /// <summary>γ of the focal losses, 0 or more; 2 by default (Lin et al. 2017).</summary>
    public double? Gamma { get; init; }

    /// <summary>τ of logit_adjustment, above 0; 1 by default (Menon et al. 2021).</summary>
    public double? Tau { get; init; }

    /// <summary>Whether it is cross-entropy as it is.</summary>
    internal bool Plain => Resolve() is { Kind: LossKind.CrossEntropy, Weights: ClassWeighting.None };

    /// <summary>A loss by its name.</summary>
    /// <exception cref="FormatException">No such loss.</exception>
    public static LossConfig Parse(string word) => new()
    {
        Kind = EnumWords.Find<LossKind>(word)
            ?? throw new FormatException($"\"{word}\"; must be one of {string.Join(", ", EnumWords.All<LossKind>())}"),
    };

    /// <summary>The same with the defaults of its kind filled in; what belongs to other kinds stays empty.</summary>
    public LossConfig Resolve() => Kind switch
    {
        LossKind.Focal => this with { Gamma = Gamma ?? 2 },
        LossKind.CbFocal => this with { Gamma = Gamma ?? 2, Beta = Beta ?? .9999 },
        LossKind.LogitAdjustment => this with { Tau = Tau ?? 1 },
        _ when Weights == ClassWeighting.Effective => this with { Beta = Beta ?? .9999 },
        _ => this with { Weights = Weights ?? ClassWeighting.None },
    };

    /// <summary>The loss in a few words for tables: <c>cb_focal β=0.9999 γ=2</c>.</summary>
    public string Words()
    {
        var r = Resolve();
        var weights = r.Weights switch { ClassWeighting.Inverse => " inverse", ClassWeighting.Effective => " effective", _ => "" };
        return EnumWords.Of(Kind) + weights + Value("β", r.Beta) + Value("γ", r.Gamma) + Value("τ", r.Tau);

        static string Value(string letter, double? value)
            => value is { } v ? string.Create(CultureInfo.InvariantCulture, $" {letter}={v}") : "";
    }

    /// <summary>Everything wrong with the fields, each named below <paramref name="path"/>.</summary>
    public IEnumerable<string> Faults(string path)
    {
        var word = EnumWords.Of(Kind);
        var effective = Kind == LossKind.CbFocal || Kind == LossKind.CrossEntropy && Weights == ClassWeighting.Effective;
        return
        [
            .. Beside(Weights is null || Kind == LossKind.CrossEntropy, "weights", "kind: cross_entropy"),
            .. Beside(Beta is null || effective, "beta", "kind: cb_focal, or weights: effective"),
            .. Beside(Gamma is null || Kind is LossKind.Focal or LossKind.CbFocal, "gamma", "kind: focal or cb_focal"),
            .. Beside(Tau is null || Kind == LossKind.LogitAdjustment, "tau", "kind: logit_adjustment"),
            .. Range(Beta is null or (>= 0 and < 1), "beta", Beta, "0 up to, not including, 1"),
            .. Range(Gamma is null or (>= 0 and <= 100), "gamma", Gamma, "0 to 100"),
            .. Range(Tau is null or (> 0 and <= 100), "tau", Tau, "above 0, up to 100"),
        ];

        IEnumerable<string> Beside(bool right, string field, string allowed)
            => right ? [] : [$"{path}.{field}: not a field of {word}; allowed beside {allowed}"];

        IEnumerable<string> Range(bool right, string field, double? value, string allowed)
            => right ? [] : [string.Create(CultureInfo.InvariantCulture, $"{path}.{field}: {value}; must be {allowed}")];
    }
}
