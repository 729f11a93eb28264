using Odm.Classify.Metrics;
using Odm.Classify.Training;
using Odm.Classify.Weights;
using Odm.Data.Batching;
using Odm.Data.Images;
using Odm.Engine.Files;
using Odm.Engine.Runtime;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Odm.Classify.Classification;

/// <summary>What a trained classifier says of images.</summary>
public static class ClassifierPrediction
{
    private const int BatchSize = 100;

    /// <summary>Predicts with the weights that did best in validation.</summary>
    /// <param name="folder">What <see cref="ClassifierTraining.Train"/> filled.</param>
    /// <param name="test">Labelled images, of the classes trained on; any size.</param>
    /// <param name="context">Device, precision, cancellation.</param>
    /// <exception cref="DatasetException">The folder holds no finished training, or the images do not suit it.</exception>
    public static Predictions Predict(string folder, ImageSet test, RunContext context)
    {
        var card = ClassifierManifest.TryRead(folder)
            ?? throw new DatasetException($"{folder}: holds no classifier.json; expected the folder of a finished training");
        if (test.Channels != card.Channels || !test.Classes.SequenceEqual(card.Classes, StringComparer.Ordinal))
        {
            throw new DatasetException($"test images have {test.Channels} channels and the classes {string.Join(", ", test.Classes)}; "
                + $"{folder} was trained on {card.Channels} channels and the classes {string.Join(", ", card.Classes)}");
        }
        if (test.Rows.FirstOrDefault(r => r.Label < 0) is { } row)
        {
            throw new DatasetException($"test set: image '{row.Id}' has no label; must be one of {string.Join(", ", test.Classes)}");
        }
        using var network = card.Make(context.Precision);
        using (NewDisposeScope())
        {
            var best = Path.Combine(folder, ModelManifest.BestFile);
            NetworkWeights.Load(network, Safetensors.Read(best), best, optional: _ => false);
        }
        network.to(context.Device);
        var (predicted, probabilities) = Of(network, test, card.Normalisation, card.Recipe.Size, context);
        return new Predictions
        {
            Ids = [.. test.Rows.Select(r => r.Id)],
            Groups = [.. test.Rows.Select(r => r.Group.Length > 0 ? r.Group : r.Id)],
            Classes = card.Classes,
            Truth = [.. test.Rows.Select(r => r.Label)],
            Predicted = predicted,
            Probabilities = probabilities,
        };
    }

    /// <summary>
    /// Class with the highest probability (the first of equals) and all probabilities [N, K], batch norm and dropout in evaluation mode.
    /// </summary>
    internal static (int[] Predicted, double[,] Probabilities) Of(nn.Module<Tensor, Tensor> network, ImageSet set,
        Normalisation normalisation, int size, RunContext context)
    {
        using var inference = inference_mode();
        network.eval();
        var predicted = new int[set.Count];
        var probabilities = new double[set.Count, set.Classes.Count];
        for (var start = 0; start < set.Count; start += BatchSize)
        {
            context.Cancel.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            int[] indices = [.. Enumerable.Range(start, Math.Min(BatchSize, set.Count - start))];
            var images = Resized(Batches.Of(set, indices, normalisation).Images.to(context.Device), size);
            // [n, K]; sync point
            var values = network.call(images).to(ScalarType.Float64).softmax(1).cpu().contiguous().data<double>().ToArray();
            for (var i = 0; i < values.Length; i++)
            {
                var (row, k) = (start + i / set.Classes.Count, i % set.Classes.Count);
                probabilities[row, k] = values[i];
                predicted[row] = values[i] > probabilities[row, predicted[row]] ? k : predicted[row];
            }
        }
        return (predicted, probabilities);
    }

    /// <summary>Images [N, C, H, W] at the network's size: bilinear, antialiased where it shrinks; 0 leaves them.</summary>
    internal static Tensor Resized(Tensor images, int size) => size == 0 || images.shape[2] == size && images.shape[3] == size
        ? images
        : F.interpolate(images, size: [size, size], mode: InterpolationMode.Bilinear, align_corners: false, antialias: true);
}
