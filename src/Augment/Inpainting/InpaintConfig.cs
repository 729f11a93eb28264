using System.Text.Json.Serialization;
using Odm.Augment.Diffusion.Samplers;
using Odm.Engine.Runtime;

namespace Odm.Augment.Inpainting;

/// <summary>How the model goes from a state to the next lower one in repainting.</summary>
public enum InpaintSampler
{
    /// <summary>The ancestral step of RePaint: an evaluation and noise drawn anew.</summary>
    Ancestral,

    /// <summary>A deterministic step of second order, two evaluations but in the last: <see cref="RePaintSteps.SecondOrder"/>.</summary>
    [JsonStringEnumMemberName("dpmpp_2s")]
    Dpmpp2S,
}

/// <summary>How a generator of images with masks repaints part of an image: RePaint (Lugmayr et al. 2022, arXiv 2201.09865).</summary>
public sealed record InpaintConfig
{
    private const string Code = "paper_code";

    /// <summary>
    /// Settings to start from: <c>paper</c> (the defaults, 200/10/5), <c>paper_code</c> (as the code of Saragih et al. has it: nothing is
    /// clipped, and the mask is widened by half as much), <c>fast</c> (50/5/3: 140 network evaluations an image instead of 960) or
    /// <c>cpu</c> (25 evaluations, nothing is taken back: a network of a minute's training else paints lesions over).
    /// </summary>
    public string? Preset { get; init; }

    /// <summary>Steps of the shortened schedule. Saragih, Hibi and Tyrrell 2024: 200; RePaint: 250.</summary>
    public int Respacing { get; init; } = 200;

    /// <summary>Steps that are taken back at a time. Both papers: 10.</summary>
    public int JumpLength { get; init; } = 10;

    /// <summary>How often a stretch of the schedule is passed; 1 takes nothing back. Saragih et al.: 5; RePaint: 10.</summary>
    public int JumpSamples { get; init; } = 5;

    /// <summary>The model's own step.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public InpaintSampler Sampler { get; init; }

    /// <summary>
    /// Variance of the ancestral step. Left out: learned where the network learned it, else posterior. With few steps no fixed variance is
    /// right. The posterior's contracts: with 25 steps of the linear schedule, independent pixels keep 81 % of a standard deviation of .5
    /// and 52 % of one of .1. β is nearly right for wide distributions (107 % of .5) but leaves noise where an image varies little (a
    /// deviation of .01 becomes .07, nine grey levels), because the last step but one adds noise that the network at time 0 does not
    /// expect. Song et al. 2021 (table 1, σ̂) measured this on CIFAR-10: FID is several times higher with 10 to 50 steps. Hence posterior,
    /// and sampler: dpmpp_2s against the contraction.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public StepVariance? Variance { get; init; }

    /// <summary>
    /// Pixels by which the mask is widened on every side. Left out: 20 on 256 pixels, in proportion (Saragih et al. say 20;
    /// their code's kernel of 20 reaches 10, which is what <c>paper_code</c> takes).
    /// </summary>
    public int? Dilation { get; init; }

    /// <summary>
    /// Pixels outside the widened mask over which the model's image fades into the source. Left out: 4 on 256 pixels, in proportion.
    /// </summary>
    public int? Feather { get; init; }

    /// <summary>Keep the implied clean image within [-1, 1] at every step (RePaint; Saragih et al. do not).</summary>
    public bool Clip { get; init; } = true;

    /// <summary>Images repainted at a time.</summary>
    public int Batch { get; init; } = 16;

    /// <summary>A preset by its name; null where there is not one of it.</summary>
    public static InpaintConfig? OfPreset(string name) => name switch
    {
        "paper" => new() { Preset = name },
        Code => new() { Preset = name, Clip = false },
        "fast" => new() { Preset = name, Respacing = 50, JumpLength = 5, JumpSamples = 3 },
        "cpu" => new() { Preset = name, Respacing = 25, JumpSamples = 1 },
        _ => null,
    };

    /// <summary>A preset as a bare word.</summary>
    /// <exception cref="FormatException">No such preset.</exception>
    public static InpaintConfig Parse(string word)
        => OfPreset(word) ?? throw new FormatException($"'{word}'; must be one of paper, paper_code, fast, cpu, or a mapping");

    /// <summary>
    /// The same with the variance filled in for a network that learned it or did not; none with a sampler that draws no noise.
    /// </summary>
    public InpaintConfig ForVariance(bool learned) =>
        Sampler == InpaintSampler.Ancestral ? this with
        {
            Variance = Variance
            ?? (learned ? StepVariance.Learned : StepVariance.Posterior)
        } : this;

    /// <summary>The same with dilation and feather filled in for images of this side.</summary>
    public InpaintConfig ForSize(int size) => this with
    {
        Dilation = Dilation ?? (int)Math.Round((Preset == Code ? 10 : 20) * size / 256.0),
        Feather = Feather ?? (int)Math.Round(4 * size / 256.0),
    };

    /// <summary>
    /// Network evaluations an image: the schedule's steps and those that are taken again, with dpmpp_2s two for each but the last.
    /// </summary>
    public long Evaluations => Sampler == InpaintSampler.Dpmpp2S ? 2 * (Respacing + Renoisings) - 1 : Respacing + Renoisings;

    /// <summary>Steps taken back an image.</summary>
    public long Renoisings => RePaint.Renoisings(Respacing, JumpLength, JumpSamples);

    /// <summary>What is wrong with these settings; empty where nothing is.</summary>
    /// <param name="path">Name of this section in the study file.</param>
    /// <param name="scheduleSteps">T of the generator; 0 where it is not known yet.</param>
    /// <param name="learnedVariance">Whether the generator learns its variance; null where that is not known yet.</param>
    public IEnumerable<string> Faults(string path, int scheduleSteps = 0, bool? learnedVariance = null)
    {
        if (Variance is { } fixedTo && Sampler != InpaintSampler.Ancestral)
        {
            yield return $"{path}.variance: {EnumWords.Of(fixedTo)}; {path}.sampler {EnumWords.Of(Sampler)} adds no "
                + $"noise, only ancestral takes a variance";
        }
        else if (Variance == StepVariance.Learned && learnedVariance == false)
        {
            yield return $"{path}.variance: learned; the generator has learned_variance: false; must be one of posterior, beta";
        }
        if (Preset is not null && OfPreset(Preset) is null)
        {
            yield return $"{path}.preset: '{Preset}'; must be one of paper, paper_code, fast, cpu";
        }
        if (Respacing < 2 || (scheduleSteps > 0 && Respacing > scheduleSteps))
        {
            yield return $"{path}.respacing: {Respacing}; must be 2 to "
                + $"{(scheduleSteps > 0 ? $"the generator's schedule.steps ({scheduleSteps})" : "the generator's schedule.steps")}";
        }
        if (JumpLength < 1 || JumpLength >= Respacing)
        {
            yield return $"{path}.jump_length: {JumpLength}; must be 1 up to, not including, respacing ({Respacing})";
        }
        foreach (var (field, value, least) in new[] { ("jump_samples", JumpSamples, 1), ("dilation", Dilation ?? 0, 0),
            ("feather", Feather ?? 0, 0), ("batch", Batch, 1) })
        {
            if (value < least)
            {
                yield return $"{path}.{field}: {value}; must be at least {least}";
            }
        }
    }
}
