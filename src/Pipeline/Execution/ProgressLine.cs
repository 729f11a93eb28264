using System.Diagnostics;
using System.Globalization;
using Odm.Engine.Runtime;

namespace Odm.Pipeline.Execution;

/// <summary>
/// Progress on stderr: one line that renews itself on a terminal, else a plain line once a minute, however many workers there are. It is
/// held back until <see cref="Start"/>, so that a fault found before the work leaves stderr to its own line.
/// </summary>
public sealed class ProgressLine(TextWriter to, bool terminal, int width, double every = 60) : IDisposable
{
    private readonly long began = Stopwatch.GetTimestamp();
    private long drawnAt;
    private bool held = !terminal; // on a terminal a fault takes the renewing line away
    private readonly SortedDictionary<int, Lane> lanes = [];
    private readonly Lock gate = new(); // workers report at the same time
    private bool drawn;

    // what one worker has said last
    private sealed class Lane
    {
        public string Stage = "";
        public string Prefix = "";
        public Progress Last = new("", 0, 0, 0, "");
        public long FirstStep;
        public long FirstTime;
        public long DrawnAt;

        public string Text(long now)
            => Prefix + ProgressLine.Text(Last, Last.Step - FirstStep, Stopwatch.GetElapsedTime(FirstTime, now).TotalSeconds);
    }

    /// <summary>What stands before each line, e.g. <c>[3/14]</c>.</summary>
    public string Prefix { get; set; } = "";

    /// <summary>Progress on this process' stderr.</summary>
    public static ProgressLine OnStderr()
    {
        var terminal = !Console.IsErrorRedirected;
        return new(Console.Error, terminal, terminal ? Math.Max(40, Width()) : 0);
    }

    /// <summary>From here on lines are written: the faults found up front are behind.</summary>
    public void Start() => held = false;

    /// <summary>Says that a stage begins: at once on a terminal, elsewhere its first report is due in its time.</summary>
    public void Begin(string title)
    {
        if (terminal && !held)
        {
            Draw(Prefix + title);
        }
    }

    /// <summary>Draws a report if it is time to.</summary>
    public void Report(Progress progress) => Report(progress, 0, Prefix);

    /// <summary>The same for one of several workers; on a terminal the line shows what each has said last.</summary>
    public void Report(Progress progress, int worker, string prefix)
    {
        lock (gate)
        {
            var now = Stopwatch.GetTimestamp();
            if (!lanes.TryGetValue(worker, out var lane))
            {
                lanes[worker] = lane = new();
            }

            if (progress.Stage != lane.Stage || progress.Step < lane.FirstStep)
            {
                (lane.Stage, lane.FirstStep, lane.FirstTime) = (progress.Stage, progress.Step, now);
            }

            if (progress.Note is { } note && (note.StartsWith('!') || note.StartsWith("resumed", StringComparison.Ordinal)))
            {
                Line($"{progress.Stage}: {note.TrimStart('!', ' ')}");
                return;
            }

            (lane.Last, lane.Prefix) = (progress, prefix);
            var last = terminal ? lane.DrawnAt : drawnAt; // a file has one line for all
            if (!held && Stopwatch.GetElapsedTime(last == 0 ? began : last, now).TotalSeconds >= (terminal ? .1 : every))
            {
                lane.DrawnAt = drawnAt = now;
                Draw(string.Join(" | ", lanes.Values.Where(l => l.Last.Stage.Length > 0).Select(l => l.Text(now))));
            }
        }
    }

    /// <summary>Says that the workers are done.</summary>
    public void End()
    {
        lock (gate)
        {
            lanes.Clear();
            Clear();
        }
    }

    /// <summary>Writes a line that stays.</summary>
    public void Line(string text)
    {
        lock (gate)
        {
            if (!held)
            {
                Clear();
                to.WriteLine(text);
                to.Flush();
            }
        }
    }

    /// <summary>Takes the renewing line away.</summary>
    public void Clear()
    {
        if (drawn)
        {
            to.Write("\r" + new string(' ', width - 1) + "\r");
            to.Flush();
            drawn = false;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Clear();

    private static string Text(Progress p, long done, double seconds)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"{p.Stage} {p.Step}/{p.Total}");
        if (p.PerSecond > 0)
        {
            text += string.Create(CultureInfo.InvariantCulture, $" · {Three(p.PerSecond)} {p.Unit}/s");
        }

        if (done > 0 && p.Total > p.Step)
        {
            text += " · ETA " + Clock(seconds / done * (p.Total - p.Step));
        }

        return p.Note is { } note ? $"{text} · {note}" : text;
    }

    private void Draw(string text)
    {
        if (!terminal)
        {
            to.WriteLine(text);
            return;
        }

        var shown = text.Length < width ? text : text[..(width - 1)];
        to.Write("\r" + shown.PadRight(width - 1));
        to.Flush();
        drawn = true;
    }

    /// <summary>Seconds as <c>m:ss</c> or <c>h:mm:ss</c>, days before.</summary>
    public static string Clock(double seconds)
    {
        var time = TimeSpan.FromSeconds(Math.Ceiling(Math.Min(seconds, 1e9)));
        var number = CultureInfo.InvariantCulture;
        return time.Days > 0 ? time.ToString(@"d\ \d\ h\:mm\:ss", number)
            : time.TotalHours >= 1 ? time.ToString(@"h\:mm\:ss", number) : time.ToString(@"m\:ss", number);
    }

    /// <summary>A rate with three digits.</summary>
    public static string Three(double rate)
        => rate.ToString(rate >= 99.95 ? "0" : rate >= 9.995 ? "0.0" : "0.00", CultureInfo.InvariantCulture);

    private static int Width()
    {
        try
        {
            return Console.WindowWidth;
        }
        catch (IOException)
        {
            return 80;
        }
    }
}
