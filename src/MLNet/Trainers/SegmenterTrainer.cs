using Microsoft.ML;
using Odm.Classify.Segmentation;
using Odm.MLNet.Running;
using Odm.MLNet.Views;

namespace Odm.MLNet.Trainers;

/// <summary>
/// U-Net++ as an ML.NET estimator: trained in TorchSharp, handed over as a chain of ML.NET's own transformers around an ONNX network, which
/// adds PredictedMask, an image of the size trained on, white where the lesion is.
/// </summary>
public sealed class SegmenterTrainer : IEstimator<ITransformer>
{
    private readonly MLContext context;
    private readonly LearningOptions<SegmenterConfig> options;

    internal SegmenterTrainer(MLContext context, LearningOptions<SegmenterConfig> options)
        => (this.context, this.options) = (context, options);

    /// <summary>Trains; progress goes to <c>MLContext.Log</c>.</summary>
    /// <param name="input">Rows with an image and a mask each; none of the test side.</param>
    /// <exception cref="ArgumentException">A column, a row or a setting is at fault.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; a checkpoint is written where there is a folder.</exception>
    public ITransformer Fit(IDataView input) => Runs.Checked(() =>
    {
        Runs.Refuse(options.Settings.Faults("settings"));
        var reader = ImageReader.Open(input, options.Columns, labels: false, masks: true);
        var (folder, temporary) = Runs.Folder(options);
        try
        {
            var (train, val) = TrainingSides.Of(reader, options.ValidationShare, options.Seed, folder);
            var run = Runs.Context(context, options);
            var settings = options.Settings with { Steps = options.Settings.Resolve(train.Count).Steps, Epochs = null };
            var training = Path.Combine(folder, "training");
            SegmenterTraining.Train(settings, train, val, online: null, options.Seed, training, run, "fit segmenter");
            using var segmenter = TrainedSegmenter.Load(training, run);
            return OnnxChain.Segmenter(context, segmenter, new(options.Columns.Image, train.Channels, train.Height, train.Width),
                Path.Combine(folder, "model.onnx"), input);
        }
        finally
        {
            if (temporary)
            {
                Directory.Delete(folder, recursive: true);
            }
        }
    });

    /// <summary>The input and PredictedMask, an image.</summary>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema) => OnnxChain.SegmenterShape(context, options.Columns, inputSchema);
}
