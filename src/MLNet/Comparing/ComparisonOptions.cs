using Odm.Augment.Generators;
using Odm.Classify.Classification;
using Odm.Classify.Training;
using Odm.Data.Splitting;
using Odm.MLNet.Running;
using Odm.MLNet.Views;
using Odm.Pipeline.Configuration;

namespace Odm.MLNet.Comparing;

/// <summary>
/// A study from code: the sections of a study file under their names there, the data set aside. <see cref="EngineOptions.Folder"/> is
/// <c>runs/</c> and <see cref="Name"/> by default; it stays.
/// </summary>
public sealed record ComparisonOptions : EngineOptions
{
    /// <summary>Name of the study: letters, digits, '.', '_' and '-'.</summary>
    public string Name { get; init; } = "comparison";

    /// <summary>Names of the columns.</summary>
    public ImageColumns Columns { get; init; } = new();

    /// <summary>
    /// Which rows train, validate and test. By default the rows' own sides where one of them is <c>test</c>; else .15 validate and .2 test,
    /// whole groups where the rows have groups, each class in the same shares where they have none.
    /// </summary>
    public SplitConfig? Split { get; init; }

    /// <summary>Generators by name; each learns from the training side alone.</summary>
    public IReadOnlyDictionary<string, GeneratorConfig> Generators { get; init; } = new OrderedDictionary<string, GeneratorConfig>();

    /// <summary>Arms by name: ways of making the training set. The arm <c>real</c> is what the others are compared with.</summary>
    public required IReadOnlyDictionary<string, ArmConfig> Arms { get; init; }

    /// <summary>What judges an arm; a ResNet-50 of the <c>cpu</c> recipe by default. With a segmenter rows need masks.</summary>
    public DownstreamConfig Downstream { get; init; } = new ClassifierConfig();

    /// <inheritdoc cref="Study.Primary"/>
    public string? Primary { get; init; }

    /// <inheritdoc cref="Study.Audit"/>
    public AuditConfig Audit { get; init; } = new();

    /// <inheritdoc cref="Study.ImageMetrics"/>
    public MeasuresConfig ImageMetrics { get; init; } = new();

    /// <summary>Seeds; <see cref="EngineOptions.Seed"/> alone by default.</summary>
    public IReadOnlyList<ulong>? Seeds { get; init; }

    /// <inheritdoc cref="Study.Workers"/>
    public int Workers { get; init; } = 1;
}
