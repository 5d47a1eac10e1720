/** What students find where they are to write, by language of the course. */
export const STUBS = {
  en: { code: "throw new Error('Not written yet.');", text: 'YOUR ANSWER HERE' },
  zh: { code: "throw new Error('尚未完成。');", text: '在此作答' },
};

/** The longest that one cell may take when it is graded. */
const CELL_SECONDS = 60;

/** nbgrader's settings for a course of TypeScript notebooks, in which a cell may take so many seconds. */
export function nbgraderConfig(language, cellSeconds = CELL_SECONDS) {
  const { code, text } = STUBS[language];
  return `c = get_config()

c.CourseDirectory.course_id = 'halfnote-${language}'

# A stub has to be of every type: a function that throws is.
c.ClearSolutions.code_stub = {'typescript': ${JSON.stringify(code)}}
c.ClearSolutions.text_stub = ${JSON.stringify(text)}
c.ClearSolutions.begin_solution_delimeter = 'BEGIN SOLUTION'
c.ClearSolutions.end_solution_delimeter = 'END SOLUTION'
c.ClearHiddenTests.begin_test_delimeter = 'BEGIN HIDDEN TESTS'
c.ClearHiddenTests.end_test_delimeter = 'END HIDDEN TESTS'

# A cell with an endless loop is interrupted, and those after it run.
c.Execute.timeout = ${cellSeconds}
c.Execute.interrupt_on_timeout = True
`;
}
