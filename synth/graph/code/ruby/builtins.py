"""Which names does every Ruby file know? They get no edges."""

from synth.graph.code.toolkit.rules import COMMON_METHODS, words

CLASSES = words(
    "Array BasicObject Binding Class Comparable Complex Data Dir ENV ARGV ARGF Encoding Enumerable Enumerator "
    "FalseClass Fiber File FileTest Float GC Hash IO Integer Kernel Marshal MatchData Math Method Module Mutex "
    "NilClass Numeric Object ObjectSpace Proc Process Queue Ractor Random Range Rational RbConfig Regexp RubyVM "
    "RUBY_VERSION RUBY_ENGINE RUBY_PLATFORM RUBY_PATCHLEVEL RUBY_DESCRIPTION Signal STDERR STDIN STDOUT String "
    "Struct Symbol Thread Time TracePoint TrueClass UnboundMethod Warning Exception StandardError ArgumentError "
    "EncodingError EOFError Errno FloatDomainError FrozenError IndexError Interrupt IOError KeyError LoadError "
    "LocalJumpError NameError NoMatchingPatternError NoMethodError NotImplementedError RangeError RegexpError "
    "RuntimeError ScriptError SecurityError SignalException StopIteration SyntaxError SystemCallError SystemExit "
    "SystemStackError ThreadError TypeError UncaughtThrowError ZeroDivisionError DATA TOPLEVEL_BINDING"
)
KERNEL = words(
    "abort at_exit autoload binding block_given? caller caller_locations catch eval exec exit exit! fail fork "
    "format gets global_variables iterator? lambda load local_variables loop open p pp print printf proc putc "
    "puts raise rand readline readlines require require_relative select set_trace_func sleep spawn sprintf srand "
    "syscall system test throw trap warn __method__ __dir__ __callee__ attr attr_accessor attr_reader attr_writer "
    "alias_method define_method define_singleton_method include extend prepend private protected public "
    "module_function private_class_method public_class_method private_constant public_constant deprecate_constant "
    "refine using remove_method undef_method remove_const const_get const_set const_missing const_defined? "
    "class_eval class_exec module_eval module_exec instance_eval instance_exec instance_variable_get "
    "instance_variable_set instance_variable_defined? instance_variables method methods public_method "
    "singleton_class singleton_methods send public_send __send__ respond_to? is_a? kind_of? instance_of? "
    "object_id hash inspect to_s freeze frozen? dup clone tap then yield_self itself nil? ancestors "
    "instance_method instance_methods method_defined? public_instance_methods class task desc namespace multitask "
    "source gem gemspec display enum_for to_enum instance_variable_names const_source_location ruby2_keywords "
    "superclass"
)
UNIVERSAL = {"to_s": "String", "inspect": "String"} | dict.fromkeys(
    words(
        "to not_to to_not must_equal must_be must_include must_be_nil must_be_empty must_be_kind_of "
        "must_be_instance_of must_be_same_as must_match must_raise must_respond_to wont_equal wont_be "
        "wont_include wont_be_nil wont_match wont_be_empty nil? is_a? kind_of? instance_of? respond_to? freeze "
        "frozen? dup clone tap then itself hash object_id == equal? send public_send __send__ method methods "
        "instance_variable_get instance_variable_set instance_variables instance_variable_defined? extend "
        "singleton_class define_singleton_method instance_eval instance_exec"
    ),
    "",
)
"""Methods of `Object`, and those that frameworks for tests give it, with what they give."""

EXAMPLES = words(
    "describe context it specify example scenario feature let let! subject subject! before after around setup "
    "teardown shared_examples shared_examples_for shared_context include_examples include_context it_behaves_like "
    "it_should_behave_like expect is_expected allow allow_any_instance_of expect_any_instance_of receive "
    "receive_messages receive_message_chain have_received double instance_double class_double spy instance_spy "
    "object_double stub_const eq eql equal be be_a be_an be_nil be_empty be_truthy be_falsey be_within "
    "be_instance_of be_kind_of be_a_kind_of be_between match match_array contain_exactly include have_attributes "
    "raise_error raise_exception change satisfy start_with end_with all cover throw_symbol yield_control "
    "yield_with_args yield_with_no_args output exist respond_to an_instance_of anything any_args no_args "
    "hash_including kind_of instance_of a_string_matching a_hash_including array_including be_present be_blank "
    "be_valid pending skip aggregate_failures xit xdescribe xcontext fit fdescribe fcontext assert refute"
)
"""What RSpec and its like let examples say."""

COMMON = COMMON_METHODS | words(
    "to not_to to_not [] []= << == === != =~ <=> + - * / each_with_index each_pair each_with_object map flat_map "
    "collect select reject detect inject reduce to_a to_s to_h to_i to_f to_sym to_str to_proc to_json to_ary "
    "to_hash call keys values merge! update delete_if key? has_key? include? member? empty? any? all? none? one? "
    "size count first last min max sum sort sort_by group_by partition zip uniq compact flatten reverse join "
    "split strip chomp gsub gsub! sub! tr match? scan start_with? end_with? upcase downcase capitalize freeze dup "
    "clone concat unshift shift prepend append fetch dig store default name inspect class nil? is_a? respond_to? "
    "send tap then new close closed? read readlines gets puts print rewind write flush exist? file? directory? "
    "options config title path url content body headers status params request response session env id type value "
    "data output input text message register define"
)
