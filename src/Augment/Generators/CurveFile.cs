using System.Globalization;
using System.Text;
using Odm.Engine.Files;

namespace Odm.Augment.Generators;

/// <summary>
/// <c>curve.csv</c> of a training: a row a step, at most 20,000. Rows are appended before each checkpoint; what a killed run wrote beyond
/// its last checkpoint is cut off on resuming.
/// </summary>
internal sealed class CurveFile
{
    private readonly StringBuilder pending = new();
    private readonly string path;
    private readonly IReadOnlyList<string> columns;
    private readonly long stride;

    /// <param name="path">The file.</param>
    /// <param name="columns">Names of the columns, after <c>step</c>.</param>
    /// <param name="steps">Steps in all.</param>
    /// <param name="done">Steps done.</param>
    public CurveFile(string path, IReadOnlyList<string> columns, long steps, long done)
    {
        (this.path, this.columns, stride) = (path, columns, Math.Max(1, steps / 20_000));
        Rewind(done);
    }

    /// <summary>Forgets what lies beyond a step, in memory and on disk.</summary>
    public void Rewind(long done)
    {
        Flush();
        var kept = !File.Exists(path) ? [] : File.ReadLines(path).Skip(1).Where(row =>
            row.IndexOf(',', StringComparison.Ordinal) is > 0 and var comma && row.Count(c => c == ',') == columns.Count
            && long.TryParse(row.AsSpan(0, comma), CultureInfo.InvariantCulture, out var step) && step <= done).ToList();
        Durable.WriteText(path, $"step,{string.Join(',', columns)}\n" + string.Concat(kept.Select(row => row + "\n")));
    }

    /// <summary>Notes a step, counted from 1: a value for each column; null leaves it empty.</summary>
    public void Add(long step, params ReadOnlySpan<double?> values)
    {
        if (step % stride != 0)
        {
            return;
        }
        pending.Append(CultureInfo.InvariantCulture, $"{step}");
        foreach (var value in values)
        {
            pending.Append(',').Append(value?.ToString("R", CultureInfo.InvariantCulture) ?? "");
        }
        pending.Append('\n');
    }

    /// <summary>Appends what is in memory.</summary>
    public void Flush()
    {
        if (pending.Length > 0)
        {
            File.AppendAllText(path, pending.ToString());
            pending.Clear();
        }
    }
}
