using Microsoft.ML;
using Odm.Classify.Training;
using Odm.Data.Images;
using Odm.Engine.Runtime;
using Odm.MLNet.Running;
using Odm.MLNet.Views;

namespace Odm.MLNet.Trainers;

/// <summary>What a network is trained with, and where.</summary>
/// <param name="Train">Images that it learns from.</param>
/// <param name="Val">Images that choose its weights.</param>
/// <param name="Image">The images as the finished chain takes them.</param>
/// <param name="Training">Folder of the training.</param>
/// <param name="File">Receives the ONNX file.</param>
/// <param name="Context">Device, precision, progress, cancellation.</param>
internal sealed record NetworkWork(ImageSet Train, ImageSet Val, NetworkImage Image, string Training, string File, RunContext Context);

/// <summary>The frame of every fit: settings, sides, folder.</summary>
internal static class NetworkFit
{
    /// <summary>Checks the settings, reads the images, and does the work in a folder that is removed where nobody named it.</summary>
    /// <param name="ml">Receives progress in its log.</param>
    /// <param name="options">Columns, seed, folder.</param>
    /// <param name="faults">What is wrong with the settings.</param>
    /// <param name="open">Opens the view.</param>
    /// <param name="work">Trains, and gives the finished chain.</param>
    /// <exception cref="ArgumentException">A column, a row or a setting is at fault.</exception>
    public static ITransformer Do<T>(MLContext ml, LearningOptions<T> options, IEnumerable<string> faults, Func<ImageReader> open,
        Func<NetworkWork, ITransformer> work)
        where T : LearningConfig, new() => Runs.Checked(() =>
    {
        Runs.Refuse(faults);
        var reader = open();
        var (folder, temporary) = Runs.Folder(options);
        try
        {
            var (train, val) = TrainingSides.Of(reader, options.ValidationShare, options.Seed, folder);
            return work(new(train, val, new(options.Columns.Image, train.Channels, train.Height, train.Width),
                Path.Combine(folder, "training"), Path.Combine(folder, "model.onnx"), Runs.Context(ml, options)));
        }
        finally
        {
            if (temporary)
            {
                Directory.Delete(folder, recursive: true);
            }
        }
    });
}
