using System.Globalization;
using System.Text;
using Odm.Engine.Files;

namespace Odm.Augment.Diffusion.Training;

/// <summary>
/// <c>curve.csv</c>: loss, noise error, ordinal term, learning rate and gradient norm by step, at most 20,000 rows. Rows are
/// appended before each checkpoint; what a killed run wrote beyond its last checkpoint is cut off on resuming.
/// </summary>
internal sealed class LossCurve
{
    private const string Header = "step,loss,eps_mse,ordinal,learning_rate,gradient_norm\n";
    private readonly StringBuilder pending = new();
    private readonly string path;
    private readonly long stride;

    public LossCurve(string path, long steps, long done)
    {
        (this.path, stride) = (path, Math.Max(1, steps / 20_000));
        Rewind(done);
    }

    /// <summary>Forgets what lies beyond a step, in memory and on disk.</summary>
    public void Rewind(long done)
    {
        Flush();
        var kept = !File.Exists(path) ? [] : File.ReadLines(path).Skip(1).Where(row =>
            row.IndexOf(',', StringComparison.Ordinal) is > 0 and var comma && row.Count(c => c == ',') == 5
            && long.TryParse(row.AsSpan(0, comma), CultureInfo.InvariantCulture, out var step) && step <= done).ToList();
        Durable.WriteText(path, Header + string.Concat(kept.Select(row => row + "\n")));
    }

    /// <summary>Notes a step, counted from 1.</summary>
    public void Add(long step, StepLoss loss, double rate, double norm)
    {
        if (step % stride == 0)
        {
            var ordinal = loss.Ordinal is { } value ? value.ToString("R", CultureInfo.InvariantCulture) : "";
            pending.Append(CultureInfo.InvariantCulture, $"{step},{loss.Total:R},{loss.Eps:R},{ordinal},{rate:R},{norm:R}\n");
        }
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
