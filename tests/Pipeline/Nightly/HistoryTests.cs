using Odm.Engine.Runtime;
using Odm.Pipeline.Nightly;
using Odm.Tests;

namespace Odm.Pipeline.Tests.Nightly;

public sealed class HistoryTests : IDisposable
{
    private const string Header = "night,commit,machine,versions,item,kind,arm,seed,metric,value,settings,predictions\n";
    private const string Speed = "2026-11-30T02:00:00Z,abc,\"EPYC, 2 cores\",odm 1,unet,speed,,,train_images_per_s,123.25,s,\n";
    private const string Score = "2026-11-30T02:00:00Z,abc,\"EPYC, 2 cores\",odm 1,grades,score,real,7,mcc,-0.125,s,0123456789abcdef\n";

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private string Text => File.ReadAllText(folder[History.Name]);

    private static HistoryRow Row(string night) => new(night, "abc", "EPYC, 2 cores", "odm 1", "unet", ValueKind.Speed, "", null, "train_images_per_s", 100 / 3.0, "s", "");

    [Fact]
    public void What_is_appended_is_read_again_and_what_stood_there_stays_as_it_was()
    {
        folder.Write(History.Name, Header + Speed + Score);
        var history = History.Read(folder.Path);
        history.Rows.Select(r => (r.Machine, r.Kind, r.Arm, r.Seed, r.Value)).ShouldBe([("EPYC, 2 cores", ValueKind.Speed, "", null, 123.25), ("EPYC, 2 cores", ValueKind.Score, "real", 7UL, -.125)]);
        history.Append([Row("2026-12-01T02:00:00Z")]);
        Text.ShouldBe(Header + Speed + Score + "2026-12-01T02:00:00Z,abc,\"EPYC, 2 cores\",odm 1,unet,speed,,,train_images_per_s,33.333333333333336,s,\n");
        History.Read(folder.Path).Rows[^1].ShouldBe(Row("2026-12-01T02:00:00Z"));
    }

    [Fact]
    public void The_first_night_writes_the_header()
    {
        History.Read(folder.Path).Append([Row("2026-12-01T02:00:00Z")]);
        Text.ShouldStartWith(Header);
        History.Read(folder.Path).Rows.Count.ShouldBe(1);
    }

    // a kill during the write leaves the file beside it
    [Fact]
    public void A_half_written_file_beside_it_is_no_part_of_the_history()
    {
        folder.Write(History.Name, Header + Speed);
        folder.Write(History.Name + ".partial", Header + Speed + "2026-12-01T02:0");
        History.Read(folder.Path).Append([Row("2026-12-01T02:00:00Z")]);
        History.Read(folder.Path).Rows.Count.ShouldBe(2);
    }

    [Theory]
    [InlineData("train_images_per_s,123.25", "train_images_per_s,fast", "line 2: value is 'fast'; a number above 0")]
    [InlineData("train_images_per_s,123.25", "train_images_per_s,-3", "line 2: value is '-3'; a number above 0")]
    [InlineData("train_images_per_s,123.25", "train_images_per_s,NaN", "line 2: value is 'NaN'")]
    [InlineData("mcc,-0.125", "mcc,", "line 3: value is ''; a number is needed")]
    [InlineData(",speed,", ",sped,", "line 2: kind is 'sped'; must be one of score, speed, memory, time, machine")]
    [InlineData(",speed,", ",1,", "line 2: kind is '1'")]
    [InlineData(",real,7,", ",real,-7,", "line 3: seed is '-7'")]
    [InlineData(",real,7,", ",,7,", "line 3: item or metric is empty, or arm or seed of a score")]
    [InlineData("2026-11-30T02:00:00Z,abc,\"EPYC, 2 cores\",odm 1,grades", "yesterday,abc,\"EPYC, 2 cores\",odm 1,grades", "line 3: night is 'yesterday'")]
    [InlineData("0123456789abcdef", "../../etc/passwd", "line 3: predictions is '../../etc/passwd'")]
    [InlineData(",s,\n", "\n", "line 2: 10 fields; 12 are needed")]
    [InlineData("night,commit", "nite,commit", "line 1: the columns night,commit,")]
    [InlineData("0123456789abcdef\n", "0123456789abcdef", "its last line is cut off")]
    [InlineData("0123456789abcdef\n", "0123456789abcdef\n2026-12-01T02:00:00Z,a,m,v,unet,speed,,,x,1,s,\n2026-11-30T02:00:00Z,a,m,v,unet,speed,,,x,1,s,\n", "line 5: night 2026-11-30T02:00:00Z stands further up already")]
    public void A_spoilt_row_is_named_by_its_line(string from, string to, string told)
    {
        folder.Write(History.Name, (Header + Speed + Score).Replace(from, to, StringComparison.Ordinal));
        Should.Throw<DatasetException>(() => History.Read(folder.Path)).Message.ShouldBe(Should.Throw<DatasetException>(() => History.Read(folder.Path)).Message.Split('\n')[0]);
        Should.Throw<DatasetException>(() => History.Read(folder.Path)).Message.ShouldStartWith($"{folder[History.Name]}: {told}");
    }

    [Fact]
    public void Nights_of_one_second_get_names_of_their_own()
    {
        var taken = new HashSet<string>(StringComparer.Ordinal);
        var time = new DateTimeOffset(2026, 11, 30, 3, 59, 59, TimeSpan.FromHours(1));
        string[] names = [.. Enumerable.Range(0, 3).Select(_ => NightName.Of(time, n => !taken.Add(n)))];
        names.ShouldBe(["2026-11-30T02:59:59Z", "2026-11-30T03:00:00Z", "2026-11-30T03:00:01Z"]);
    }
}
