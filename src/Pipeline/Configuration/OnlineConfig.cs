using System.Globalization;
using System.Text.Json.Serialization;
using Odm.Augment.Generators;

namespace Odm.Pipeline.Configuration;

/// <summary>
/// <c>online</c> of an arm: images that are made while the classifier trains, guided by it as it stands (Li et al. 2024, IOIS;
/// docs/online-synthesis.md).
/// </summary>
public sealed record OnlineConfig
{
    /// <summary>The generator whose images the classifier guides: of whole images, with a denoiser.</summary>
    public required string Generator { get; init; }

    /// <summary>K, images made at a time, of all classes together. Paper's code: 2000 on HAM10000.</summary>
    public required int Images { get; init; }

    /// <summary>
    /// Epochs of the arm between two syntheses, of real and synthetic images together; the first follows as many epochs of real images
    /// alone. Paper: 1.
    /// </summary>
    public int Every { get; init; } = 1;

    /// <summary>s, scale of the classifier's gradient; 0 is none, which needs a generator that knows classes. Paper's code: 1.</summary>
    public double Guidance { get; init; } = 1;

    /// <summary>
    /// What the classifier sees while it guides: <c>clean</c> (the clean image that the generator implies; by default),
    /// <c>clean_through</c> (the same, with the gradient through the generator, at some three times the cost), <c>noisy</c> (the noisy
    /// image itself; paper).
    /// </summary>
    public GuidanceOn? GuidanceOn { get; init; }

    /// <summary>
    /// How the gradient enters the noise: <c>score</c> (times √(1 - ᾱ), as DDIM asks and the paper's code has it) or <c>printed</c>
    /// (without, the paper's equation 4).
    /// </summary>
    public GuidanceForm GuidanceForm { get; init; } = GuidanceForm.Score;

    /// <summary>Sampling steps; the generator's own by default. Paper's code: 50.</summary>
    public int? Steps { get; init; }

    /// <summary>Whether new images take the place of those before, as in the paper; false keeps all.</summary>
    public bool Replace { get; init; } = true;

    /// <summary>
    /// Whether images are made once alone, at the first time, and kept: offline synthesis with the classifier's guidance.
    /// </summary>
    public bool Once { get; init; }

    /// <summary>How many images of each class: by accuracy; none by default, which is as many of each.</summary>
    public AdaptiveConfig? Aas { get; init; }

    /// <summary>Whether to do as the paper's code does, defects and all; the report lists them.</summary>
    public bool PaperCode { get; init; }

    /// <summary>What the classifier sees.</summary>
    [JsonIgnore]
    public GuidanceOn Sees => GuidanceOn ?? (PaperCode ? Augment.Generators.GuidanceOn.Noisy : Augment.Generators.GuidanceOn.Clean);

    /// <summary>The first epoch that has synthetic images, counted from 0.</summary>
    [JsonIgnore]
    public long First => PaperCode ? 0 : Every;

    /// <summary>Whether images are made before an epoch.</summary>
    public bool Due(long epoch) => Once ? epoch == First : epoch >= First && epoch % Every == 0;

    /// <summary>What is wrong with the fields, each named below <paramref name="path"/>.</summary>
    public IEnumerable<string> Faults(string path)
    {
        if (Images < 1)
        {
            yield return $"{path}.images: {Images}; must be 1 or more";
        }
        if (Every < 1)
        {
            yield return $"{path}.every: {Every}; must be 1 epoch or more";
        }
        if (!double.IsFinite(Guidance) || Guidance < 0)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"{path}.guidance: {Guidance}; must be 0 (none) or more");
        }
        if (Steps < 1)
        {
            yield return $"{path}.steps: {Steps}; must be 1 or more";
        }
        if (Once && !Replace)
        {
            yield return $"{path}.once: true; nothing comes after the first images, so replace: false means nothing; must be left out";
        }
        if (PaperCode && (GuidanceOn is not (null or Augment.Generators.GuidanceOn.Noisy) || GuidanceForm != GuidanceForm.Score))
        {
            yield return $"{path}.paper_code: true; the paper's code asks its classifier about the noisy image, in the form of DDIM: "
                + $"guidance_on and guidance_form must be left out";
        }
        if (PaperCode && (Every != 1 || Once))
        {
            yield return $"{path}.paper_code: true; the paper's code makes images before every epoch: every and once must be left out";
        }
        if (PaperCode && Aas is { AsInCode: false })
        {
            yield return $"{path}.paper_code: true; the paper's code has no temperature, floor or held-out slice: {path}.aas must be "
                + "empty";
        }
    }
}

/// <summary>Where the accuracies of <see cref="AdaptiveConfig"/> are measured: always on the training side.</summary>
public enum AccuracyOn
{
    /// <summary>On a slice of the real training images, whole groups, that the arm does not train on.</summary>
    HeldOut,

    /// <summary>On the real training images that it trains on (Li et al. 2024, section 2.3).</summary>
    Training,
}

/// <summary><c>aas</c> of <c>online</c>: accuracy-adaptive sampling, k = K softmax((1 - acc) / τ) in whole images.</summary>
public sealed record AdaptiveConfig
{
    /// <summary>
    /// τ. Left out: .25; the paper has none (1), which is nearly flat: no class gets more than e times another's images.
    /// </summary>
    public double? Temperature { get; init; }

    /// <summary>Least images of a class.</summary>
    public int Floor { get; init; }

    /// <summary>Where accuracy is measured.</summary>
    public AccuracyOn Accuracy { get; init; } = AccuracyOn.HeldOut;

    /// <summary>Share of the arm's real training images that is held out for <c>accuracy: held_out</c>.</summary>
    public double HeldOut { get; init; } = .2;

    /// <summary>τ as it is used.</summary>
    [JsonIgnore]
    public double Tau => Temperature ?? .25;

    /// <summary>Whether nothing differs from the paper's code.</summary>
    [JsonIgnore]
    public bool AsInCode => this is { Temperature: null or 1, Floor: 0, Accuracy: AccuracyOn.HeldOut, HeldOut: .2 };

    /// <summary>What is wrong with the fields, each named below <paramref name="path"/>.</summary>
    public IEnumerable<string> Faults(string path)
    {
        if (Temperature is { } tau && !(tau > 0 && double.IsFinite(tau)))
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"{path}.temperature: {tau}; must be above 0");
        }
        if (Floor < 0)
        {
            yield return $"{path}.floor: {Floor}; must be 0 or more";
        }
        if (!(HeldOut is > 0 and < 1))
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"{path}.held_out: {HeldOut}; must be a share between 0 and 1");
        }
    }
}
