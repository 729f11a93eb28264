using System.Runtime.CompilerServices;
using Microsoft.ML;
using Odm.Classify.Classification;
using Odm.Classify.Metrics;
using Odm.Classify.Segmentation;
using Odm.Data.Images;
using Odm.MLNet.Augmentation;
using Odm.MLNet.Evaluation;
using Odm.MLNet.Features;
using Odm.MLNet.Running;
using Odm.MLNet.Trainers;
using Odm.MLNet.Views;

namespace Odm.MLNet;

/// <summary>Odm's entries in ML.NET's catalogs.</summary>
public static class MLContextExtensions
{
    /// <summary>
    /// An image set on disk as a view: Id, Label (key), Group, Split, Origin, Image, Mask where there are masks, provenance.
    /// </summary>
    /// <example><code>var train = mlContext.Data.LoadFromImageSet("runs/study/stages/prepare-1234/set", side: "train");</code></example>
    /// <param name="catalog">The catalog.</param>
    /// <param name="folder">Folder of the set.</param>
    /// <param name="side"><c>train</c>, <c>val</c> or <c>test</c>; all rows by default.</param>
    /// <param name="columns">Names of the columns.</param>
    /// <exception cref="ArgumentException">There is no such set, it is damaged, or the side is none.</exception>
    public static IDataView LoadFromImageSet(this DataOperationsCatalog catalog, string folder, string? side = null,
        ImageColumns? columns = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return Runs.Checked(() =>
        {
            if (side is not null && !ImageRow.Sides.Contains(side, StringComparer.Ordinal))
            {
                throw new ArgumentException($"side: '{side}'; must be one of {string.Join(", ", ImageRow.Sides)}");
            }
            var set = ImageSet.Open(folder);
            return new ImageSetView(side is null ? set : set.OfSplit(side), columns ?? new());
        });
    }

    /// <summary>Writes the images of a view as an image set, one row after the other; masks too where the view has them.</summary>
    /// <example><code>mlContext.Data.SaveAsImageSet(balanced, "balanced");</code></example>
    /// <param name="catalog">The catalog.</param>
    /// <param name="data">A view with an image column.</param>
    /// <param name="folder">Folder of the set; what it held is replaced.</param>
    /// <param name="columns">Names of the columns.</param>
    /// <exception cref="ArgumentException">A column is missing, images are of different sizes, or the folder cannot be written.</exception>
    public static void SaveAsImageSet(this DataOperationsCatalog catalog, IDataView data, string folder, ImageColumns? columns = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(data);
        var (names, usual) = (columns ?? new(), new ImageColumns());
        Runs.Checked(() => ImageReader.Open(data, names,
            LabelColumn.Optional(data.Schema, names.Label, usual.Label, "a key or text") is not null,
            LabelColumn.Optional(data.Schema, names.Mask, usual.Mask, "an image") is not null).Save(folder));
    }

    /// <summary>Generators of training images.</summary>
    /// <example><code>using var generator = mlContext.Augmentation().Ordinal().Fit(train);</code></example>
    public static AugmentationCatalog Augmentation(this MLContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return new(context);
    }

    /// <summary>Networks that find lesions.</summary>
    /// <example><code>var model = mlContext.Segmentation().UNetPlusPlus().Fit(train);</code></example>
    public static SegmentationCatalog Segmentation(this MLContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return new(context);
    }

    /// <summary>ResNet-50 (or another of Odm's classifiers) as a trainer of ML.NET.</summary>
    /// <example>
    /// <code>
    /// var model = mlContext.MulticlassClassification.Trainers.ResNet50(mlContext).Fit(train);
    /// var metrics = mlContext.MulticlassClassification.Evaluate(model.Transform(test));
    /// mlContext.Model.Save(model, train.Schema, "model.zip");
    /// </code>
    /// </example>
    /// <param name="catalog">The catalog.</param>
    /// <param name="context">Receives progress in its log; the catalog does not tell whose it is.</param>
    /// <param name="options">Recipe, columns, seed; by default the <c>cpu</c> recipe.</param>
    [OverloadResolutionPriority(1)] // calls that suit both, as with a null, keep their meaning
    public static ClassifierTrainer ResNet50(this MulticlassClassificationCatalog.MulticlassClassificationTrainers catalog,
        MLContext? context = null, LearningOptions<ClassifierConfig>? options = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return new(context ?? new MLContext(), options ?? new());
    }

    /// <summary>ResNet-50 without a log: as the other, of which only the options are said.</summary>
    /// <example>
    /// <code>
    /// var options = new LearningOptions&lt;ClassifierConfig&gt; { Seed = 2 };
    /// var model = mlContext.MulticlassClassification.Trainers.ResNet50(options).Fit(train);
    /// </code>
    /// </example>
    /// <param name="catalog">The catalog.</param>
    /// <param name="options">Recipe, columns, seed.</param>
    public static ClassifierTrainer ResNet50(this MulticlassClassificationCatalog.MulticlassClassificationTrainers catalog,
        LearningOptions<ClassifierConfig> options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return catalog.ResNet50(context: null, options);
    }

    /// <summary>The pooled 512 numbers of ResNet-18 trained on ImageNet, whose weights come with the program.</summary>
    /// <example>
    /// <code>
    /// var pipeline = mlContext.Transforms.ResNet18Features("Features").AppendCacheCheckpoint(mlContext) // trainers read rows many times
    ///     .Append(mlContext.MulticlassClassification.Trainers.LbfgsMaximumEntropy());
    /// </code>
    /// </example>
    /// <param name="catalog">The catalog.</param>
    /// <param name="outputColumnName">Name of the vector column.</param>
    /// <param name="imageColumnName">Name of the image column.</param>
    public static FeatureEstimator ResNet18Features(this TransformsCatalog catalog, string outputColumnName = "Features",
        string imageColumnName = "Image")
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return new(new MLContext(), "resnet18-imagenet", outputColumnName, imageColumnName);
    }

    /// <summary>The pooled 2048 numbers of ResNet-50 trained on ImageNet; <c>./odm weights resnet50</c> fetches its weights.</summary>
    /// <example><code>var features = mlContext.Transforms.ResNet50Features("Features").Fit(train).Transform(train);</code></example>
    /// <param name="catalog">The catalog.</param>
    /// <param name="outputColumnName">Name of the vector column.</param>
    /// <param name="imageColumnName">Name of the image column.</param>
    public static FeatureEstimator ResNet50Features(this TransformsCatalog catalog, string outputColumnName = "Features",
        string imageColumnName = "Image")
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return new(new MLContext(), "resnet50-imagenet", outputColumnName, imageColumnName);
    }

    /// <summary>
    /// The metrics of a study, with intervals over whole groups: MCC, macro F1, quadratic kappa, balanced accuracy, per-class ones and the
    /// rest, which ML.NET's evaluator lacks. Rows need a key label and a score vector; a <c>Group</c> column keeps patients together.
    /// </summary>
    /// <example>
    /// <code>
    /// var metrics = mlContext.MulticlassClassification.EvaluateStudy(model.Transform(test));
    /// Console.WriteLine($"MCC {metrics["mcc"].Value:F3} [{metrics["mcc"].Low:F3}, {metrics["mcc"].High:F3}]");
    /// </code>
    /// </example>
    /// <param name="catalog">The catalog.</param>
    /// <param name="scored">A view that a trainer has scored.</param>
    /// <param name="columns">Names of label, group and id.</param>
    /// <param name="scoreColumnName">Name of the score column.</param>
    /// <exception cref="ArgumentException">A column is missing or of another type, or a row has no class.</exception>
    public static StudyMetrics EvaluateStudy(this MulticlassClassificationCatalog catalog, IDataView scored, ImageColumns? columns = null,
        string scoreColumnName = "Score")
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(scored);
        return Runs.Checked(() =>
        {
            var said = ScoredRows.Read(scored, columns ?? new(), scoreColumnName);
            return new StudyMetrics(ClassificationMetrics.Score(said, said.Classes));
        });
    }
}
