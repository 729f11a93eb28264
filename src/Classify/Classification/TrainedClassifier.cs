using System.Text.Json;
using Odm.Classify.Exchange;
using Odm.Classify.Metrics;
using Odm.Classify.Networks;
using Odm.Classify.Training;
using Odm.Classify.Weights;
using Odm.Data.Batching;
using Odm.Data.Images;
using Odm.Engine.Files;
using Odm.Engine.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace Odm.Classify.Classification;

/// <summary>Classes of some images, with or without known labels.</summary>
/// <param name="Classes">For each image the class with the highest probability, the first of equals.</param>
/// <param name="Probabilities">[N, K]; rows sum to 1.</param>
public sealed record ClassProbabilities(int[] Classes, double[,] Probabilities);

/// <summary>A trained classifier, with the weights that did best in validation: loaded once, asked as often as one likes.</summary>
public sealed class TrainedClassifier : IDisposable
{
    private const int BatchSize = 100;
    private readonly string folder;
    private readonly ClassifierManifest card;
    private readonly nn.Module<Tensor, Tensor> network;
    private readonly RunContext context;

    private TrainedClassifier(string folder, ClassifierManifest card, RunContext context)
    {
        (this.folder, this.card, this.context) = (folder, card, context);
        network = card.Make(context.Precision);
        using (NewDisposeScope())
        {
            var best = Path.Combine(folder, ModelManifest.BestFile);
            NetworkWeights.Load(network, Safetensors.Read(best), best, optional: _ => false);
        }
        network.to(context.Device);
    }

    /// <summary>Names of the classes that it was trained on.</summary>
    public IReadOnlyList<string> Classes => card.Classes;

    /// <summary>Channels of the images that it was trained on.</summary>
    public int Channels => card.Channels;

    /// <summary>Number of its weights.</summary>
    public long Parameters => network.parameters().Sum(p => p.numel());

    /// <summary>The classifier in a folder.</summary>
    /// <param name="folder">What <see cref="ClassifierTraining.Train"/> filled.</param>
    /// <param name="context">Device, precision, cancellation.</param>
    /// <exception cref="DatasetException">The folder holds no finished training.</exception>
    public static TrainedClassifier Load(string folder, RunContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var card = ClassifierManifest.TryRead(folder)
            ?? throw new DatasetException($"{folder}: holds no classifier.json; expected the folder of a finished training");
        return new(folder, card, context);
    }

    /// <summary>The classes of images; labels are not looked at.</summary>
    /// <param name="images">Images of any size, with the channels trained on.</param>
    /// <exception cref="DatasetException">They have other channels.</exception>
    public ClassProbabilities Predict(ImageSet images)
    {
        ArgumentNullException.ThrowIfNull(images);
        return images.Channels == Channels ? Of(network, images, card, context)
            : throw new DatasetException($"images have {images.Channels} channels; {folder} was trained on {Channels}");
    }

    /// <summary>Predictions beside the labels, for the scores.</summary>
    /// <param name="test">Labelled images, of the classes trained on; any size.</param>
    /// <exception cref="DatasetException">The images do not suit the classifier, or one has no label.</exception>
    public Predictions Judge(ImageSet test)
    {
        ArgumentNullException.ThrowIfNull(test);
        if (test.Channels != Channels || !test.Classes.SequenceEqual(Classes, StringComparer.Ordinal))
        {
            throw new DatasetException($"test images have {test.Channels} channels and the classes {string.Join(", ", test.Classes)}; "
                + $"{folder} was trained on {Channels} channels and the classes {string.Join(", ", Classes)}");
        }
        if (test.Rows.FirstOrDefault(r => r.Label < 0) is { } row)
        {
            throw new DatasetException($"test set: image '{row.Id}' has no label; must be one of {string.Join(", ", test.Classes)}");
        }
        var (predicted, probabilities) = Predict(test);
        return new Predictions
        {
            Ids = [.. test.Rows.Select(r => r.Id)],
            Groups = [.. test.Rows.Select(r => r.Group.Length > 0 ? r.Group : r.Id)],
            Classes = Classes,
            Truth = [.. test.Rows.Select(r => r.Label)],
            Predicted = predicted,
            Probabilities = probabilities,
        };
    }

    /// <summary>
    /// Writes the network as ONNX, its preprocessing included: <c>image</c>, float32 [N, C, H, W] with grey levels 0 to 255, to
    /// <c>probabilities</c>, float32 [N, K], and <c>class</c>, int64 [N], the place of the highest. The class names are metadata. The
    /// thesis' CNN takes images of the size trained on, the others of any size.
    /// </summary>
    /// <param name="path">The .onnx file.</param>
    /// <param name="version">Version of the program that writes it.</param>
    /// <param name="names">Other names of input and outputs.</param>
    /// <exception cref="DatasetException">The image size is needed and not known, or the place cannot be written.</exception>
    public void Export(string path, string version, OnnxNames? names = null)
    {
        names ??= new();
        var (graph, size) = (new OnnxGraph(), card.Recipe.Size);
        var cnn = network as ThesisCnn;
        var sides = size > 0 ? (Height: size, Width: size) : (card.Height, card.Width);
        if (cnn is not null && sides.Height == 0)
        {
            throw new DatasetException($"{folder}: was trained by an earlier version, which did not note the size of its images; train it "
                + $"again to export it");
        }
        var fixedSize = cnn is not null && size == 0;
        var x = ExportedImage.Input(graph, names.Image, card.Channels, card.Normalisation, fixedSize ? sides : null);
        x = card.Recipe.Evaluation is { } e ? graph.Centre(graph.ResizeTo(x, e.Resize), e.Resize, e.Crop)
            : size > 0 ? graph.ResizeTo(x, size) : x;
        var logits = cnn is not null ? cnn.Write(graph, x, sides.Height, sides.Width) : ((IOnnxModule)network).Write(graph, x);
        var probabilities = graph.Softmax(logits);
        graph.Output(probabilities, OnnxGraph.Value(names.Probabilities, "N", Classes.Count));
        graph.Output(graph.ArgMax(probabilities), OnnxGraph.Whole(names.Class, "N"));
        graph.SlotNames(names.Probabilities, Classes);
        graph.Save(path, version, new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["classes"] = JsonSerializer.Serialize(Classes),
            ["network"] = EnumWords.Of(card.Recipe.Network),
            ["input"] = ExportedImage.Description,
        });
    }

    /// <inheritdoc/>
    public void Dispose() => network.Dispose();

    /// <summary>Classes and probabilities, batch norm and dropout in evaluation mode.</summary>
    internal static ClassProbabilities Of(nn.Module<Tensor, Tensor> network, ImageSet set, ClassifierManifest card, RunContext context)
    {
        var classes = card.Classes.Count;
        using var inference = inference_mode();
        network.eval();
        var predicted = new int[set.Count];
        var probabilities = new double[set.Count, classes];
        for (var start = 0; start < set.Count; start += BatchSize)
        {
            context.Cancel.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            int[] indices = [.. Enumerable.Range(start, Math.Min(BatchSize, set.Count - start))];
            var images = card.Recipe.Seen(Batches.Of(set, indices, card.Normalisation).Images.to(context.Device));
            // [n, K]; sync point
            var values = network.call(images).to(ScalarType.Float64).softmax(1).cpu().contiguous().data<double>().ToArray();
            for (var i = 0; i < values.Length; i++)
            {
                var (row, k) = (start + i / classes, i % classes);
                probabilities[row, k] = values[i];
                predicted[row] = values[i] > probabilities[row, predicted[row]] ? k : predicted[row];
            }
        }
        return new(predicted, probabilities);
    }
}
