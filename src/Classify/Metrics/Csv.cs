using Odm.Data;

namespace Odm.Classify;

/// <summary>CSV as this project writes it: quoted only where it must be, LF, written beside and renamed.</summary>
internal static class Csv
{
    /// <summary>One field (RFC 4180).</summary>
    public static string Field(string value) =>
        value.AsSpan().IndexOfAny(",\"\n\r") < 0 ? value : $"\"{value.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    /// <summary>Puts a text file in place whole or not at all.</summary>
    /// <exception cref="DatasetException">It cannot be written.</exception>
    public static void Write(string path, string text)
    {
        var beside = path + ".part";
        try
        {
            if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder)
            {
                Directory.CreateDirectory(folder);
            }
            File.WriteAllText(beside, text);
            File.Move(beside, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            File.Delete(beside);
            throw new DatasetException($"{path}: cannot be written: {e.Message}", e);
        }
    }
}
