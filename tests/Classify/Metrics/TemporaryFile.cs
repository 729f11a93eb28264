namespace Odm.Classify.Tests;

/// <summary>A file of its own for one test, gone afterwards.</summary>
internal sealed class TemporaryFile : IDisposable
{
    public TemporaryFile(string text)
    {
        Directory.CreateDirectory(Folder);
        File.WriteAllText(Path, text);
    }

    public string Folder { get; } = Directory.CreateTempSubdirectory("odm-classify-").FullName;

    public string Path => System.IO.Path.Combine(Folder, "predictions.csv");

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
