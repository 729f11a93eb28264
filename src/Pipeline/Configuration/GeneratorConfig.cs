using Odm.Augment.Diffusion;
using Odm.Augment.Inpainting;
using Odm.Augment.Inpainting.Clusters;
using Odm.Augment.Inpainting.Style;

namespace Odm.Pipeline.Configuration;

/// <summary>Kinds of generators.</summary>
internal enum GeneratorKind
{
    /// <summary>Class-conditional diffusion; with an ordinal weight the ODM.</summary>
    Diffusion,

    /// <summary>Diffusion of images with their masks that paints new lesions into real images.</summary>
    Inpaint,
}

/// <summary>One of <c>generators</c>; of <c>kind: diffusion</c> as it stands.</summary>
internal record GeneratorConfig
{
    /// <summary>Kind.</summary>
    public required GeneratorKind Kind { get; init; }

    /// <summary>The settings of the diffusion model, beside <c>kind</c>.</summary>
    [Inline]
    public DiffusionConfig Diffusion { get; init; } = new();
}

/// <summary>Which real images a generator learns from.</summary>
internal enum GeneratorScope
{
    /// <summary>Those that the arm it serves may see.</summary>
    Arm,

    /// <summary>All training images, also where the arm may see a few: the paper's leak, named in the report.</summary>
    All,
}

/// <summary>A generator of <c>kind: inpaint</c> (Saragih, Hibi and Tyrrell 2024).</summary>
internal sealed record InpaintGeneratorConfig : GeneratorConfig
{
    /// <summary>How the training images are clustered; each cluster has a model of its own.</summary>
    public ClusterConfig Clusters { get; init; } = new();

    /// <summary>How images are repainted, masks cleaned and judged.</summary>
    [Inline]
    public MaskSynthesisConfig Synthesis { get; init; } = new();

    /// <summary>How the painted images are styled after their sources; not at all by default.</summary>
    public StyleConfig? Style { get; init; }

    /// <summary>Which real images it learns from.</summary>
    public GeneratorScope GeneratorSees { get; init; } = GeneratorScope.Arm;

    /// <summary>The diffusion model's settings: always with the mask as a channel, never told a class.</summary>
    public DiffusionConfig Model() => Diffusion with { Masks = true, Conditional = false };

    /// <summary>What does not fit together; each part has judged itself.</summary>
    public IEnumerable<string> Faults(string path)
        => Synthesis.Inpaint.Faults($"{path}.inpaint", Diffusion.Schedule.Steps, Diffusion.LearnedVariance);
}
