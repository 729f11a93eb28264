using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using Microsoft.ML.Transforms.Image;
using Odm.Classify.Classification;
using Odm.Classify.Features;
using Odm.Classify.Segmentation;
using Odm.MLNet.Views;

namespace Odm.MLNet.Trainers;

/// <summary>Size and column of the images that a network takes.</summary>
/// <param name="Column">Name of the image column.</param>
/// <param name="Channels">1 or 3.</param>
/// <param name="Height">Rows of pixels.</param>
/// <param name="Width">Columns of pixels.</param>
internal sealed record NetworkImage(string Column, int Channels, int Height, int Width);

/// <summary>
/// Chains of ML.NET's own transformers around an exported network: resize, pixels, ONNX, key. They are saved by <c>Model.Save</c> with the
/// network's bytes and loaded wherever Microsoft.ML, its image and its ONNX package are, without Odm and TorchSharp. Images of another
/// size than the network's are resized by ML.NET, which is not how training images were; equal sizes pass unchanged.
/// </summary>
internal static class OnnxChain
{
    private const string Resized = "OdmImage";
    private const string Pixels = "OdmPixels";
    private const string Class = "OdmClass";
    private const string Hashed = "OdmHash";
    private const string Mask = "OdmMask";
    private const string Score = "Score";
    private const string PredictedLabel = "PredictedLabel";
    private const string PredictedMask = "PredictedMask";

    /// <summary>Odm's version, for the files.</summary>
    public static string Version => typeof(OnnxChain).Assembly.GetName().Version?.ToString(3) ?? "";

    /// <summary>A classifier: adds PredictedLabel and Score.</summary>
    /// <param name="ml">Its environment.</param>
    /// <param name="classifier">The network.</param>
    /// <param name="image">What it takes.</param>
    /// <param name="file">Receives the ONNX file.</param>
    /// <param name="data">A view with the image column.</param>
    public static ITransformer Classifier(MLContext ml, TrainedClassifier classifier, NetworkImage image, string file, IDataView data)
    {
        classifier.Export(file, Version, new() { Image = Pixels, Probabilities = Score, Class = Class });
        return Kept(ml, data, Network(ml, image, file, new() { [Score] = [1, classifier.Classes.Count], [Class] = [1] })
            // ML.NET has no transformer that makes a scalar of a vector of one, but for the hash that combines a vector's slots
            .Append(ml.Transforms.Conversion.Hash(Combined))
            .Append(ml.Transforms.Conversion.MapValue(PredictedLabel, Hashes(ml, classifier.Classes), Hashed, treatValuesAsKeyType: true))
            .Append(ml.Transforms.DropColumns(Resized, Pixels, Class, Hashed)));
    }

    /// <summary>A segmenter: adds PredictedMask.</summary>
    /// <param name="ml">Its environment.</param>
    /// <param name="segmenter">The network.</param>
    /// <param name="image">What it takes.</param>
    /// <param name="file">Receives the ONNX file.</param>
    /// <param name="data">A view with the image column.</param>
    public static ITransformer Segmenter(MLContext ml, TrainedSegmenter segmenter, NetworkImage image, string file, IDataView data)
    {
        segmenter.Export(file, Version, new() { Image = Pixels, Mask = Mask });
        return Kept(ml, data, Network(ml, image, file, new() { [Mask] = [1, 3, image.Height, image.Width] })
            .Append(ml.Transforms.ConvertToImage(image.Height, image.Width, PredictedMask, Mask))
            .Append(ml.Transforms.DropColumns(Resized, Pixels, Mask)));
    }

    /// <summary>
    /// A chain that no longer needs its ONNX files: it went through a model file in memory, as ML.NET reads the files again when it saves.
    /// </summary>
    public static ITransformer Kept(MLContext ml, IDataView data, IEstimator<ITransformer> chain)
    {
        using var stream = new MemoryStream();
        using (var fitted = (IDisposable)chain.Fit(data))
        {
            ml.Model.Save((ITransformer)fitted, data.Schema, stream);
        }
        stream.Position = 0;
        return ml.Model.Load(stream, out _);
    }

    /// <summary>The columns that <see cref="Pixelled"/> adds.</summary>
    public static IReadOnlyList<string> PixelColumns { get; } = [Resized, Pixels];

    /// <summary>Resize and pixels.</summary>
    public static EstimatorChain<ITransformer> Pixelled(MLContext ml, NetworkImage image) => new EstimatorChain<ITransformer>()
        .Append(ml.Transforms.ResizeImages(Resized, image.Width, image.Height, image.Column, ImageResizingEstimator.ResizingKind.Fill))
        .Append<ITransformer>(Extract(ml, image.Channels, Resized));

    /// <summary>A network of a chain that gives features.</summary>
    public static IEstimator<ITransformer> Applied(MLContext ml, FeatureNetwork network)
        => ml.Transforms.ApplyOnnxModel([network.Output], [network.Input], network.File,
            new Dictionary<string, int[]> { [network.Input] = [.. network.Shape] }, gpuDeviceId: null, fallbackToCpu: true,
            recursionLimit: 100);

    // shapes of all outputs, for one image
    private static EstimatorChain<ITransformer> Network(MLContext ml, NetworkImage image, string file, Dictionary<string, int[]> outputs)
        => Pixelled(ml, image).Append<ITransformer>(ml.Transforms.ApplyOnnxModel([.. outputs.Keys], [Pixels], file,
            new Dictionary<string, int[]>(outputs) { [Pixels] = [1, image.Channels, image.Height, image.Width] }, gpuDeviceId: null,
            fallbackToCpu: true, recursionLimit: 100));

    /// <summary>What a classifier makes of a schema: what ML.NET's own trainers of several classes do.</summary>
    public static SchemaShape ClassifierShape(MLContext ml, ImageColumns columns, SchemaShape input)
    {
        var shape = Extract(ml, 3, Demanded(input, columns.Image)).GetOutputSchema(input);
        var label = Demanded(input, columns.Label);
        if (!input.First(c => c.Name == label).IsKey)
        {
            shape = ml.Transforms.Conversion.MapValueToKey(Class, label).GetOutputSchema(shape);
            label = Class;
        }
        var added = ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy(label, Pixels).GetOutputSchema(shape);
        return Plus(input, added, PredictedLabel, Score);
    }

    /// <summary>What a segmenter makes of a schema.</summary>
    public static SchemaShape SegmenterShape(MLContext ml, ImageColumns columns, SchemaShape input)
    {
        var shape = Extract(ml, 3, Demanded(input, columns.Image)).GetOutputSchema(input);
        Demanded(input, columns.Mask);
        return Plus(input, ml.Transforms.ConvertToImage(1, 1, PredictedMask, Pixels).GetOutputSchema(shape), PredictedMask);
    }

    private static HashingEstimator.ColumnOptions Combined => new(Hashed, Class, numberOfBits: 31, combine: true);

    private static ImagePixelExtractingEstimator Extract(MLContext ml, int channels, string image)
        => ml.Transforms.ExtractPixels(Pixels, image, channels == 3 ? ImagePixelExtractingEstimator.ColorBits.Rgb
            : ImagePixelExtractingEstimator.ColorBits.Red, ImagePixelExtractingEstimator.ColorsOrder.ARGB);

    private sealed class Place
    {
        [VectorType(1)]
        public required long[] OdmClass { get; init; }
    }

    // the hash of each class's place, which is a function of the place alone
    private static IEnumerable<KeyValuePair<uint, string>> Hashes(MLContext ml, IReadOnlyList<string> classes)
    {
        var places = ml.Data.LoadFromEnumerable(classes.Select((_, i) => new Place { OdmClass = [i] }));
        var hashes = ml.Transforms.Conversion.Hash(Combined).Fit(places).Transform(places).GetColumn<uint>(Hashed).ToList();
        return hashes.Distinct().Count() == classes.Count ? hashes.Zip(classes, KeyValuePair.Create)
            : throw new InvalidOperationException($"two of {classes.Count} classes have one hash");
    }

    private static string Demanded(SchemaShape input, string name) => input.Any(c => c.Name == name) ? name
        : throw new ArgumentException($"column '{name}': missing (there are: {string.Join(", ", input.Select(c => c.Name))})");

    private static SchemaShape Plus(SchemaShape input, SchemaShape added, params string[] names)
        => new([.. input.Where(c => !names.Contains(c.Name, StringComparer.Ordinal)), .. names.Select(n => added.First(c => c.Name == n))]);
}
