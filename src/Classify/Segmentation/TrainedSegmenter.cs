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
using F = TorchSharp.torch.nn.functional;

namespace Odm.Classify.Segmentation;

/// <summary>A trained segmenter, with the weights that did best in validation: loaded once, asked as often as one likes.</summary>
public sealed class TrainedSegmenter : IDisposable
{
    private const int PixelsAtOnce = 100 * 64 * 64; // a hundred images of 64 px, six of 256 px: decoder maps take 1 kB a pixel
    private readonly SegmenterManifest card;
    private readonly UNetPlusPlus network;
    private readonly RunContext context;

    private TrainedSegmenter(string folder, SegmenterManifest card, RunContext context)
    {
        (this.card, this.context) = (card, context);
        network = card.Make(context.Precision);
        using (NewDisposeScope())
        {
            var best = Path.Combine(folder, ModelManifest.BestFile);
            NetworkWeights.Load(network, Safetensors.Read(best), best, optional: _ => false);
        }
        network.to(context.Device);
    }

    /// <summary>Receives one image's result.</summary>
    /// <param name="index">Place in the set.</param>
    /// <param name="probabilities">H*W, at the set's own size.</param>
    internal delegate void Receiver(int index, ReadOnlySpan<float> probabilities);

    /// <summary>Channels of the images that it was trained on.</summary>
    public int Channels => card.Channels;

    /// <summary>The segmenter in a folder.</summary>
    /// <param name="folder">What <see cref="SegmenterTraining.Train"/> filled.</param>
    /// <param name="context">Device, precision, cancellation.</param>
    /// <exception cref="DatasetException">The folder holds no finished training.</exception>
    public static TrainedSegmenter Load(string folder, RunContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var card = SegmenterManifest.TryRead(folder)
            ?? throw new DatasetException($"{folder}: holds no segmenter.json; expected the folder of a finished training");
        return new(folder, card, context);
    }

    /// <summary>The lesion's probability in each pixel of chosen images, H*W floats at the set's own size; masks are not needed.</summary>
    /// <param name="images">Images.</param>
    /// <param name="indices">Those wanted, in this order; all by default.</param>
    /// <exception cref="DatasetException">The images do not suit the network.</exception>
    public IReadOnlyList<float[]> Predict(ImageSet images, IReadOnlyList<int>? indices = null)
    {
        ArgumentNullException.ThrowIfNull(images);
        Demand(images, "test set", card.Channels, card.Recipe.Size, masks: false);
        var maps = new List<float[]>();
        Each(network, images, indices ?? [.. Enumerable.Range(0, images.Count)], card, context, (_, p) => maps.Add(p.ToArray()));
        return maps;
    }

    /// <summary>Comparison with the images' masks at their own size, for the scores.</summary>
    /// <param name="test">Images with masks.</param>
    /// <exception cref="DatasetException">The images do not suit the network.</exception>
    public MaskPredictions Judge(ImageSet test)
    {
        ArgumentNullException.ThrowIfNull(test);
        var rows = new MaskScores[test.Count];
        Demand(test, "test set", card.Channels, card.Recipe.Size);
        Each(network, test, [.. Enumerable.Range(0, test.Count)], card, context, (i, p) =>
        {
            var row = test.Rows[i];
            rows[i] = MaskScores.Of(row.Id, row.Group.Length > 0 ? row.Group : row.Id, test.Mask(i), p, test.Height, test.Width);
        });
        return new(rows);
    }

    /// <summary>
    /// Writes the network as ONNX, its preprocessing included: <c>image</c>, float32 [N, C, H, W] with grey levels 0 to 255, to
    /// <c>probability</c>, float32 [N, 1, H, W], the lesion's in each pixel, and <c>mask</c>, float32 [N, 3, H, W], 255 where it is above
    /// one half, else 0.
    /// </summary>
    /// <param name="path">The .onnx file.</param>
    /// <param name="version">Version of the program that writes it.</param>
    /// <param name="names">Other names of input and outputs.</param>
    /// <exception cref="DatasetException">The place cannot be written.</exception>
    public void Export(string path, string version, OnnxNames? names = null)
    {
        names ??= new();
        var (graph, size) = (new OnnxGraph(), card.Recipe.Size);
        var image = ExportedImage.Input(graph, names.Image, card.Channels, card.Normalisation, size: null);
        var probability = graph.Channel(graph.Softmax(network.Write(graph, size > 0 ? graph.ResizeTo(image, size) : image)), 1);
        probability = size > 0 ? graph.ResizeLike(probability, image) : probability;
        graph.Output(probability, OnnxGraph.Value(names.Probability, "N", 1, "H", "W"));
        var mask = graph.Normalise(graph.Threshold(probability, .5f), [0], [255]);
        graph.Output(graph.Concat(mask, mask, mask), OnnxGraph.Value(names.Mask, "N", 3, "H", "W"));
        graph.Save(path, version, new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["network"] = $"{EnumWords.Of(card.Recipe.Network)} with {EnumWords.Of(card.Recipe.Encoder)}",
            ["input"] = ExportedImage.Description + (size > 0 ? "" : "; sides are multiples of 32"),
        });
    }

    /// <inheritdoc/>
    public void Dispose() => network.Dispose();

    /// <summary>Goes through images in evaluation mode.</summary>
    internal static void Each(nn.Module<Tensor, Tensor> network, ImageSet set, IReadOnlyList<int> indices, SegmenterManifest card,
        RunContext context, Receiver receive)
    {
        using var inference = inference_mode();
        network.eval();
        var plane = set.Height * set.Width;
        var side = card.Recipe.Size == 0 ? plane : Math.Max(plane, card.Recipe.Size * card.Recipe.Size);
        foreach (var chunk in indices.Chunk(Math.Max(1, PixelsAtOnce / side)))
        {
            context.Cancel.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var images = Resizing.To(Batches.Of(set, chunk, card.Normalisation).Images.to(context.Device), card.Recipe.Size);
            var p = network.call(images).softmax(1).narrow(1, 1, 1); // [n, 1, H, W]
            if (p.shape[2] != set.Height || p.shape[3] != set.Width)
            {
                p = F.interpolate(p, size: [set.Height, set.Width], mode: InterpolationMode.Bilinear, align_corners: false);
            }
            var values = p.cpu().contiguous().data<float>().ToArray(); // sync point
            for (var i = 0; i < chunk.Length; i++)
            {
                receive(chunk[i], values.AsSpan(i * plane, plane));
            }
        }
    }

    /// <summary>Whether a set suits the network.</summary>
    /// <exception cref="DatasetException">It does not; the message names the set.</exception>
    internal static void Demand(ImageSet set, string name, int channels, int size, bool masks = true)
    {
        if (set.Count == 0)
        {
            throw new DatasetException($"{name}: has no images; training, validation and test need some each");
        }
        if (masks && !set.HasMasks)
        {
            throw new DatasetException($"{name}: its images have no masks; a segmenter needs one an image");
        }
        if (set.Channels != channels)
        {
            throw new DatasetException($"{name}: images have {set.Channels} channels where the training images have {channels}");
        }
        if (size == 0 && (set.Height % 32 != 0 || set.Width % 32 != 0))
        {
            throw new DatasetException($"{name}: images of {set.Width}x{set.Height} pixels; U-Net++ halves them five times and needs "
                + $"multiples of 32: set downstream.size, or resize in dataset.preprocess");
        }
    }
}
