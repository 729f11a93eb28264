using Microsoft.ML;
using Odm.Augment.Diffusion;
using Odm.Augment.Diffusion.Family;
using Odm.Augment.Generators;
using Odm.Augment.Inpainting.Family;
using Odm.Augment.Traditional;
using Odm.MLNet.Comparing;
using Odm.MLNet.Running;

namespace Odm.MLNet.Augmentation;

/// <summary>Generators of training images, by <c>mlContext.Augmentation()</c>. Settings are the records of the study file.</summary>
public sealed class AugmentationCatalog
{
    private readonly MLContext context;

    internal AugmentationCatalog(MLContext context) => this.context = context;

    /// <summary>Class-conditional diffusion: <c>kind: diffusion</c> without an ordinal term.</summary>
    /// <example>
    /// <code>
    /// using var generator = mlContext.Augmentation().Diffusion(new() { Steps = 3000, Sampling = BatchSampling.Balanced }).Fit(train);
    /// var balanced = generator.Balance(train);   // real rows, then synthetic ones up to the largest class
    /// </code>
    /// </example>
    /// <param name="settings">Network, training and sampler; by default those of a study that names none. Their ordinal weight is not
    /// used: it is set to 0.</param>
    /// <param name="options">Columns, seed, folder.</param>
    /// <exception cref="ArgumentException">Settings at fault.</exception>
    public GeneratorEstimator Diffusion(DiffusionConfig? settings = null, AugmentationOptions? options = null)
    {
        settings ??= new();
        var plain = settings with { Ordinal = settings.Ordinal with { Weight = 0 } };
        return Of(new DiffusionGeneratorConfig { Kind = "diffusion", Diffusion = plain }, options);
    }

    /// <summary>Diffusion with the ordinal term (Takezaki and Uchida 2024), for classes in an order: the label's key order.</summary>
    /// <example><code>using var generator = mlContext.Augmentation().Ordinal().Fit(train);</code></example>
    /// <param name="settings">As <see cref="Diffusion"/>; an ordinal weight of 0 is refused.</param>
    /// <param name="options">Columns, seed, folder.</param>
    /// <exception cref="ArgumentException">Settings at fault.</exception>
    public GeneratorEstimator Ordinal(DiffusionConfig? settings = null, AugmentationOptions? options = null)
    {
        var ordinal = settings ?? new() { Ordinal = new() { Weight = 1 } };
        return ordinal.Ordinal.Weight > 0
            ? Of(new DiffusionGeneratorConfig { Kind = "diffusion", Diffusion = ordinal }, options)
            : throw new ArgumentException("settings.ordinal.weight: 0; must be above 0 (Diffusion trains without the term)");
    }

    /// <summary>Diffusion of images with masks that paints new lesions into real images (Saragih, Hibi and Tyrrell 2024).</summary>
    /// <example><code>using var painter = mlContext.Augmentation().Inpainting().Fit(train);</code></example>
    /// <param name="settings">As <c>kind: inpaint</c>.</param>
    /// <param name="options">Columns, seed, folder.</param>
    /// <exception cref="ArgumentException">Settings at fault.</exception>
    public GeneratorEstimator Inpainting(InpaintGeneratorConfig? settings = null, AugmentationOptions? options = null)
        => Of(settings ?? new() { Kind = "inpaint", Diffusion = DiffusionConfig.OfPreset("cpu")! }, options);

    /// <summary>A generator of any family that the program knows: the record of <c>generators.NAME</c>.</summary>
    /// <param name="settings">Its settings.</param>
    /// <param name="options">Columns, seed, folder.</param>
    public GeneratorEstimator Of(GeneratorConfig settings, AugmentationOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return new(context, settings, options ?? new());
    }

    /// <summary>Transformed copies of real images: flips, rotations, colours. Nothing is trained.</summary>
    /// <example><code>
    /// var balanced = mlContext.Augmentation().Traditional(new() { Preset = TraditionalPreset.Thesis }).Balance(train);
    /// </code></example>
    /// <param name="settings">Transforms, as <c>arms.NAME.traditional</c>.</param>
    /// <param name="options">Columns, seed, folder.</param>
    /// <exception cref="ArgumentException">Settings at fault.</exception>
    public TraditionalModel Traditional(TraditionalConfig settings, AugmentationOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(settings);
        Runs.Refuse(settings.Faults("settings"));
        return new(settings, options ?? new());
    }

    /// <summary>
    /// A study on the rows of a view: every arm trains the same network for the same number of steps, each on its own mixture of real and
    /// synthetic images, and is compared with the real images alone. Stages, statistics and report are those of a study file; a comparison
    /// that was interrupted goes on where it stopped.
    /// </summary>
    /// <example>
    /// <code>
    /// var found = mlContext.Augmentation().Compare(images, new()
    /// {
    ///     Generators = new Dictionary&lt;string, GeneratorConfig&gt;
    ///     {
    ///         ["dm"] = new DiffusionGeneratorConfig { Kind = "diffusion", Diffusion = new() { Ordinal = new() { Weight = 0 } } },
    ///     },
    ///     Arms = new Dictionary&lt;string, ArmConfig&gt;
    ///     {
    ///         ["real"] = new(),
    ///         ["dm"] = new() { Generator = "dm", Plan = new() { ToLargest = true } },
    ///     },
    ///     Seeds = [1, 2, 3],
    /// });
    /// Console.WriteLine($"{found["dm", "balanced_accuracy"].Verdict}: {found.Report}");
    /// </code>
    /// </example>
    /// <param name="data">Real rows of all sides: an image and a class each, or an image and a mask where a segmenter judges.</param>
    /// <param name="options">Generators, arms, judge, seeds.</param>
    /// <exception cref="ArgumentException">A column, a row or a field is at fault; in the words of the study file.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; a checkpoint is written.</exception>
    public Comparison Compare(IDataView data, ComparisonOptions options)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(options);
        return ViewStudy.Run(context, data, options);
    }
}
