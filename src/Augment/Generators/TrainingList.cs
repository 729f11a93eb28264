using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Odm.Data.Images;
using Odm.Engine.Files;
using Odm.Engine.Runtime;

namespace Odm.Augment.Generators;

/// <summary>An image that a generator was trained on.</summary>
/// <param name="Id">Its id in the set.</param>
/// <param name="Group">Patient or lesion; empty where unknown.</param>
/// <param name="Sha256">Hash of its pixels.</param>
public sealed record TrainedImage(string Id, string Group, string Sha256);

/// <summary>
/// What a generator was trained on: <c>training.csv</c> (id,group,sha256) beside its checkpoint, whose <c>state.json</c> holds the hash of
/// the file and of the image set.
/// </summary>
/// <param name="Images">The images, in order.</param>
/// <param name="ContentHash"><see cref="ImageSet.ContentHash"/> of their set.</param>
public sealed record TrainingList(IReadOnlyList<TrainedImage> Images, string ContentHash)
{
    /// <summary>Name of the file.</summary>
    public const string FileName = "training.csv";

    private static readonly string[] Columns = ["id", "group", "sha256"];

    /// <summary>In the checkpoint's state: SHA-256 of the file.</summary>
    public const string StateKey = "training_list";

    /// <summary>Reads it and compares it with the checkpoint.</summary>
    /// <param name="folder">Folder of a network's training, with <c>checkpoint/</c>.</param>
    /// <exception cref="DatasetException">Checkpoint or list is missing, damaged, or they do not belong together.</exception>
    public static TrainingList Read(string folder)
    {
        var (state, file) = (Checkpoint.TryReadState(Path.Combine(folder, "checkpoint")), Path.Combine(folder, FileName));
        if (state is null)
        {
            throw new DatasetException($"{folder}: no generator checkpoint there");
        }
        if (!File.Exists(file))
        {
            throw new DatasetException($"{file}: missing; it lists what the generator was trained on");
        }
        if (!state.More.TryGetValue(StateKey, out var hash) || hash != Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file))))
        {
            throw new DatasetException($"{file}: is not the list of what the checkpoint beside it was trained on");
        }
        return new([.. CsvFile.Read(file, Columns).Records.Select(r => new TrainedImage(r["id"], r["group"], r["sha256"]))],
            state.TrainingListHash);
    }

    /// <summary>Writes the list of a set, unless it is there; returns the hash of the file.</summary>
    public static string Write(string folder, ImageSet images)
    {
        ArgumentNullException.ThrowIfNull(images);
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        CsvFile.Write(text, images.Rows.Select(r => new[] { r.Id, r.Group, r.Sha256 }).Prepend(Columns));
        var file = Path.Combine(folder, FileName);
        if (!File.Exists(file) || File.ReadAllText(file) != text.ToString())
        {
            Durable.WriteText(file, text.ToString());
        }
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }
}
