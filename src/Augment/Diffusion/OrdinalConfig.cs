using System.Globalization;
using System.Text.Json.Serialization;

namespace Odm.Augment.Diffusion;

/// <summary>Distance between two noises.</summary>
public enum OrdinalDistance
{
    /// <summary>Un-squared, as the paper's equation 7 and figure 2 need: zero on the whole segment between the outer two.</summary>
    Norm,

    /// <summary>Squared, as equation 6 is printed: zero where the angle at the middle grade is a right one.</summary>
    Squared,
}

/// <summary>Whether the three of a triplet have one draw or three.</summary>
public enum Sharing
{
    /// <summary>One draw for the three.</summary>
    Shared,

    /// <summary>A draw for each.</summary>
    Independent,
}

/// <summary>What a triplet consists of.</summary>
public enum TripletKind
{
    /// <summary>Three images of three grades, each under its own; the whole batch.</summary>
    Images,

    /// <summary>The same in a share of the batch's slots; the others are independent.</summary>
    Part,

    /// <summary>
    /// One noised image under three grades, so that the term orders only what the grade changes; two further network evaluations an image.
    /// </summary>
    Condition,
}

/// <summary>Form of the ordinal term.</summary>
public enum OrdinalForm
{
    /// <summary>Equation 5 of the ODM paper: the outer distance equals the sum of the inner ones.</summary>
    Distance,

    /// <summary>Beyond the paper: the middle noise projects on the outer two at the place its grade has between theirs.</summary>
    Projection,
}

/// <summary>Weight of the ordinal term over time.</summary>
public enum OrdinalSchedule
{
    /// <summary>λ_t = t / T (ODM paper, equation 8).</summary>
    Linear,

    /// <summary>λ_t = 1.</summary>
    Constant,

    /// <summary>λ_t = 1 - ᾱ_t, the share of noise in x_t's variance.</summary>
    HighNoise,
}

/// <summary>What the ordinal term compares.</summary>
public enum OrdinalQuantity
{
    /// <summary>The implied noises (ODM paper).</summary>
    Eps,

    /// <summary>The implied clean images.</summary>
    X0,
}

/// <summary>Place of the grades on the severity axis, for the projection form.</summary>
public enum GradeSpacingKind
{
    /// <summary>0, 1, 2, ...</summary>
    Fixed,

    /// <summary>Learned, monotone.</summary>
    Learned,
}

/// <summary>
/// The ordinal term of Takezaki and Uchida's ODM. The paper leaves open how triplets are formed and what they share; the
/// defaults are the reading under which a perfect noise predictor has no ordinal loss: one noise and one time a triplet,
/// un-squared distance. With independent noises the term of a perfect predictor is 2.00 (norm) or 4.01 (squared), far above
/// the usual loss of 0.02 to 0.05, so it then works against it.
/// </summary>
public sealed record OrdinalConfig
{
    /// <summary>Factor of the ordinal term; 0 is the paper's DM, with the same batches, noises and times. Paper: 1.</summary>
    public double Weight { get; init; } = 1;

    /// <summary>Form of the term. Paper: distance.</summary>
    public OrdinalForm Loss { get; init; } = OrdinalForm.Distance;

    /// <summary>Distance between noises.</summary>
    public OrdinalDistance Distance { get; init; } = OrdinalDistance.Norm;

    /// <summary>Mean over pixels (root mean square for the norm) instead of the sum, so that one weight suits all image sizes.</summary>
    public bool Normalised { get; init; } = true;

    /// <summary>Weight over time. Paper: linear.</summary>
    public OrdinalSchedule Schedule { get; init; } = OrdinalSchedule.Linear;

    /// <summary>
    /// What a triplet consists of. The paper says "images of three grades"; that leaves grain on the images (docs/studies/odm.md), so the
    /// default is the nearest reading that was found no worse than the model without the term.
    /// </summary>
    public TripletKind Triplets { get; init; } = TripletKind.Condition;

    /// <summary>
    /// Share of the batch's slots that carry the term, with <see cref="TripletKind.Part"/> (left out: .25) and
    /// <see cref="TripletKind.Condition"/> (left out: .0625, which costs an eighth more evaluations).
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public double? Share { get; init; }

    /// <summary>What is compared. Paper: eps.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public OrdinalQuantity On { get; init; }

    /// <summary>Noise within a triplet.</summary>
    public Sharing Noise { get; init; } = Sharing.Shared;

    /// <summary>Time within a triplet.</summary>
    public Sharing Time { get; init; } = Sharing.Shared;

    /// <summary>Grade positions of the projection form.</summary>
    public GradeSpacingKind Spacing { get; init; } = GradeSpacingKind.Fixed;

    /// <summary>μ, factor of the distance from the line in the projection form.</summary>
    public double Residual { get; init; } = 1;

    /// <summary>Slots of a batch that carry the term.</summary>
    internal int Slots(int batch) => Weight == 0 ? 0 : Triplets switch
    {
        TripletKind.Images => batch,
        TripletKind.Part => (int)((Share ?? 0.25) * batch),
        _ => (int)Math.Ceiling((Share ?? 0.0625) * batch),
    };

    internal IEnumerable<string> Faults(string path)
    {
        if (Share is { } share && !(share is > 0 and <= 1 && Triplets != TripletKind.Images))
        {
            yield return string.Create(CultureInfo.InvariantCulture,
                $"{path}.share: {share}; must be above 0 up to 1, with triplets: part or condition");
        }
        if (!(Weight >= 0) || double.IsInfinity(Weight))
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"{path}.weight: {Weight}; must be 0 or more");
        }
        if (!(Residual >= 0) || double.IsInfinity(Residual))
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"{path}.residual: {Residual}; must be 0 or more");
        }
    }
}
