using Odm.Engine.Runtime;
using Odm.Pipeline.Execution;

namespace Odm.Pipeline.Tests;

public sealed class ProgressLineTests
{
    [Fact]
    public void Nothing_is_written_before_the_start()
    {
        using var text = new StringWriter();
        using var line = new ProgressLine(text, terminal: false, 0, every: 0);
        line.Report(new Progress("prepare", 1, 2, 3, "files"));
        line.Line("no");
        text.ToString().ShouldBeEmpty();
    }

    [Fact]
    public void A_plain_line_has_stage_step_rate_and_eta()
    {
        using var text = new StringWriter();
        using var line = new ProgressLine(text, terminal: false, 0, every: 0) { Prefix = "[2/9] " };
        line.Start();
        line.Report(new Progress("train odm", 0, 100, 61.04, "images"));
        line.Report(new Progress("train odm", 50, 100, 123.4, "images", "loss 0.1"));
        var lines = text.ToString().Split('\n');
        lines[0].ShouldBe("[2/9] train odm 0/100 · 61.0 images/s");
        lines[1].ShouldBe("[2/9] train odm 50/100 · 123 images/s · ETA 0:01 · loss 0.1");
    }

    [Fact]
    public void Resuming_and_warnings_get_lines_of_their_own_at_once()
    {
        using var text = new StringWriter();
        using var line = new ProgressLine(text, terminal: false, 0, every: 1000);
        line.Start();
        line.Report(new Progress("train odm", 40, 100, 0, "images", "resumed at step 40"));
        line.Report(new Progress("train odm", 41, 100, 0, "images", "! the loss is not finite"));
        line.Report(new Progress("train odm", 42, 100, 0, "images"));
        text.ToString().ShouldBe("train odm: resumed at step 40\ntrain odm: the loss is not finite\n");
    }

    [Fact]
    public void On_a_terminal_the_line_renews_itself_and_is_taken_away()
    {
        using var text = new StringWriter();
        using (var line = new ProgressLine(text, terminal: true, 40))
        {
            line.Start();
            Thread.Sleep(110);
            line.Report(new Progress("fit real 1", 5, 10, 2, "images", new string('x', 80)));
        }

        var written = text.ToString();
        written.ShouldStartWith("\rfit real 1 5/10");
        written.ShouldEndWith("\r" + new string(' ', 39) + "\r");
        written.ShouldNotContain("\n");
    }

    [Fact]
    public void Each_worker_has_its_own_estimate_in_the_line_of_all()
    {
        using var text = new StringWriter();
        using var line = new ProgressLine(text, terminal: false, 0, every: 0);
        line.Start();
        line.Report(new Progress("fit real-1", 0, 100, 0, "images"), 0, "[2/9] ");
        line.Report(new Progress("fit dm-1", 0, 10, 0, "images"), 1, "[3/9] ");
        line.Report(new Progress("fit real-1", 50, 100, 0, "images"), 0, "[2/9] ");
        line.Report(new Progress("fit dm-1", 5, 10, 0, "images"), 1, "[3/9] ");
        text.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).ShouldBe(
            ["[2/9] fit real-1 0/100", "[2/9] fit real-1 0/100 | [3/9] fit dm-1 0/10", "[2/9] fit real-1 50/100 · ETA 0:01 | [3/9] fit dm-1 0/10",
                "[2/9] fit real-1 50/100 · ETA 0:01 | [3/9] fit dm-1 5/10 · ETA 0:01"]);
    }

    [Fact]
    public void A_file_gets_one_line_an_interval_whatever_is_reported_meanwhile()
    {
        using var text = new StringWriter();
        using var line = new ProgressLine(text, terminal: false, 0, every: .5);
        line.Start();
        var clock = System.Diagnostics.Stopwatch.StartNew();
        for (var step = 0; clock.Elapsed.TotalSeconds < 1.2; step++)
        {
            line.Report(new Progress("fit real-1", step, int.MaxValue, 0, "images"), step % 3, "");
            Thread.Sleep(1);
        }

        // at .5 and at 1 second; a slow machine may write them later, never more of them
        text.ToString().Count(c => c == '\n').ShouldBeInRange(1, (int)(clock.Elapsed.TotalSeconds / .5));
    }

    [Fact]
    public void On_a_terminal_one_line_shows_all_workers_until_they_end()
    {
        using var text = new StringWriter();
        using var line = new ProgressLine(text, terminal: true, 80);
        line.Start();
        Thread.Sleep(110);
        line.Report(new Progress("fit real-1", 5, 10, 0, "images"), 0, "[2/9] ");
        line.Report(new Progress("fit dm-1", 5, 10, 0, "images"), 1, "[3/9] ");
        text.ToString().ShouldContain("\r[2/9] fit real-1 5/10 | [3/9] fit dm-1 5/10");
        line.End();
        line.Report(new Progress("measure dm", 1, 2, 0, "images"));
        text.ToString().ShouldEndWith("\rmeasure dm 1/2".PadRight(80));
    }

    [Theory]
    [InlineData(0, "0:00")]
    [InlineData(59.2, "1:00")]
    [InlineData(3725, "1:02:05")]
    [InlineData(90000, "1 d 1:00:00")]
    public void Durations_read_as_on_a_clock(double seconds, string clock) => ProgressLine.Clock(seconds).ShouldBe(clock);
}
